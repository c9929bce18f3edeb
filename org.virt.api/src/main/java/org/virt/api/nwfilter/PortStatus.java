package org.virt.api.nwfilter;

import java.util.Objects;
import org.virt.api.PortId;

/**
 * How a port stands, on both axes.
 *
 * @param port which port
 * @param enforcement what its traffic meets
 * @param technique name of the technique that holds its rules; empty when none does
 * @param generation number of the commit that brought its rules; 0 for none
 * @param learning whether its address is known
 * @param reason why it is closed, failed or orphaned; empty when all is well
 */
public record PortStatus(
    PortId port,
    Enforcement enforcement,
    String technique,
    long generation,
    Learning learning,
    String reason) {
  public PortStatus {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(enforcement, "enforcement");
    Objects.requireNonNull(technique, "technique");
    Objects.requireNonNull(learning, "learning");
    Objects.requireNonNull(reason, "reason");
  }

  /** What the traffic of a port meets. */
  public enum Enforcement {
    /** Nothing passes but what learning an address needs. */
    CLOSED,
    /** The rules of its filter decide. */
    IN_FORCE,
    /** The old rules decide while new ones are being applied. */
    SWITCHING,
    /** Rules could not be applied; the old ones decide, or the link is down. */
    FAILED,
    /** Rules of a technique that has left decide, until another takes over. */
    ORPHANED
  }

  /** Whether the address of a port is known. */
  public enum Learning {
    /** It need not be learned. */
    OFF,
    /** It is waited for. */
    LEARNING,
    /** It was learned. */
    BOUND
  }
}
