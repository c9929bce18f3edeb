package org.virt.api;

import java.util.Objects;
import java.util.UUID;

/**
 * Identifies a machine for its whole life, across renames and restarts.
 *
 * @param uuid the UUID of its domain XML
 */
public record DomainId(UUID uuid) {
  public DomainId {
    Objects.requireNonNull(uuid, "uuid");
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
