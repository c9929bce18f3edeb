package org.virt.api.host;

import java.util.Objects;

/**
 * A network interface of a host.
 *
 * @param name unique within a connection
 * @param mac its address, as text; empty for none
 * @param state whether it is up
 */
public record HostInterface(String name, String mac, State state) {
  public HostInterface {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(state, "state");
  }

  /** Says whether it is up. */
  public boolean isActive() {
    return state == State.ACTIVE;
  }

  /** Whether an interface is up; libvirt's numbers are the ordinals. */
  public enum State {
    INACTIVE,
    ACTIVE
  }
}
