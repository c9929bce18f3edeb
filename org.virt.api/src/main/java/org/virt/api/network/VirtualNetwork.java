package org.virt.api.network;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ManagedObject;

/**
 * A virtual network, at one moment.
 *
 * @param name unique within a connection
 * @param uuid unique within a connection
 * @param state whether machines can use it
 * @param persistence whether a definition outlives it
 * @param bridge name of the bridge that it is; empty for none
 */
public record VirtualNetwork(
    String name, UUID uuid, State state, Persistence persistence, Optional<String> bridge)
    implements ManagedObject {
  public VirtualNetwork {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(persistence, "persistence");
    Objects.requireNonNull(bridge, "bridge");
  }

  @Override
  public boolean isActive() {
    return state == State.ACTIVE;
  }

  @Override
  public boolean isPersistent() {
    return persistence != Persistence.TRANSIENT;
  }

  @Override
  public boolean isAutostarted() {
    return persistence == Persistence.AUTOSTART;
  }

  /** Whether machines can use a network; libvirt's numbers are the ordinals. */
  public enum State {
    INACTIVE,
    ACTIVE
  }

  /** What stays of a network when it ends. */
  public enum Persistence {
    TRANSIENT,
    PERSISTENT,
    /** Its definition, and it is active when the host is. */
    AUTOSTART
  }
}
