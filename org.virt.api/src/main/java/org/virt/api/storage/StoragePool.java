package org.virt.api.storage;

import java.util.Objects;
import java.util.UUID;
import org.virt.api.ManagedObject;

/**
 * A storage pool, at one moment. Sizes are bytes.
 *
 * @param name unique within a connection
 * @param uuid unique within a connection
 * @param state whether it can be used
 * @param persistence whether a definition outlives it
 * @param capacity its size; 0 while it is not active
 * @param allocation what is in use
 * @param available what is free
 */
public record StoragePool(
    String name,
    UUID uuid,
    State state,
    Persistence persistence,
    long capacity,
    long allocation,
    long available)
    implements ManagedObject {
  public StoragePool {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(persistence, "persistence");
  }

  @Override
  public boolean isActive() {
    return state != State.INACTIVE;
  }

  @Override
  public boolean isPersistent() {
    return persistence != Persistence.TRANSIENT;
  }

  @Override
  public boolean isAutostarted() {
    return persistence == Persistence.AUTOSTART;
  }

  /** States ({@code virStoragePoolState}); libvirt's numbers are the ordinals. */
  public enum State {
    INACTIVE("inactive"),
    BUILDING("building"),
    RUNNING("running"),
    DEGRADED("degraded"),
    INACCESSIBLE("inaccessible");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** Returns virsh's word. */
    public String text() {
      return text;
    }
  }

  /** What stays of a pool when it ends. */
  public enum Persistence {
    TRANSIENT,
    PERSISTENT,
    /** Its definition, and it is active when the host is. */
    AUTOSTART
  }
}
