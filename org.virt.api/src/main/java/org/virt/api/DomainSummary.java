package org.virt.api;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * What a list of machines shows of one machine, at one moment.
 *
 * @param id its UUID
 * @param name its name, unique within a connection
 * @param number libvirt's "domain id": positive and given anew at each start, absent while the
 *     machine is not active
 * @param status its state and the reason
 * @param persistence whether a definition outlives the run, and starts with the host
 */
public record DomainSummary(
    DomainId id, String name, OptionalInt number, DomainStatus status, Persistence persistence) {
  public DomainSummary {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(number, "number");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(persistence, "persistence");
  }

  /** Says whether the machine runs, is paused or shuts down. */
  public boolean isActive() {
    return status.state().isActive();
  }

  /** What stays of a machine when it ends. */
  public enum Persistence {
    /** Nothing: it was created, not defined. */
    TRANSIENT,
    /** Its definition. */
    PERSISTENT,
    /**
     * Its definition, and it is started when the host's runtime starts for the first time after a
     * boot.
     */
    AUTOSTART
  }
}
