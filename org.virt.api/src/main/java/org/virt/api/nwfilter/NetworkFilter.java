package org.virt.api.nwfilter;

import java.util.Objects;
import java.util.UUID;

/**
 * A filter as it was defined.
 *
 * @param uuid its UUID
 * @param name its name
 * @param xml its definition, as libvirt prints it
 */
public record NetworkFilter(UUID uuid, String name, String xml) {
  public NetworkFilter {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(xml, "xml");
  }
}
