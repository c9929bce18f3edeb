package org.virt.api.nwfilter;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A filter as it was defined.
 *
 * @param uuid its UUID
 * @param name its name
 * @param xml its definition, as libvirt prints it
 * @param faults why it cannot be bound, each with its rule and attribute: values that its
 *     definition has and {@code xml} leaves out; empty for a filter that can be used
 */
public record NetworkFilter(UUID uuid, String name, String xml, List<String> faults) {
  public NetworkFilter {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(xml, "xml");
    faults = List.copyOf(faults);
  }

  /** Describes a filter that can be used. */
  public NetworkFilter(UUID uuid, String name, String xml) {
    this(uuid, name, xml, List.of());
  }
}
