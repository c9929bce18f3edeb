package org.virt.api;

import java.util.Objects;
import java.util.UUID;

/**
 * Something that happened to an object of a connection that is no machine.
 *
 * @param type what it is
 * @param uuid which one
 * @param name its name
 * @param kind what happened
 */
public record ObjectEvent(Type type, UUID uuid, String name, Kind kind) {
  public ObjectEvent {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }

  /** What objects tell of themselves. */
  public enum Type {
    NETWORK,
    STORAGE_POOL
  }

  /**
   * What happened ({@code virNetworkEventLifecycleType}, {@code virStoragePoolEventLifecycleType});
   * libvirt's numbers are the ordinals, up to {@link #DELETED}.
   */
  public enum Kind {
    DEFINED,
    UNDEFINED,
    STARTED,
    STOPPED,
    /** A pool was built. */
    CREATED,
    /** What a pool consisted of was deleted. */
    DELETED,
    /** A pool was looked at anew: an event of its own, not of the life cycle. */
    REFRESHED
  }
}
