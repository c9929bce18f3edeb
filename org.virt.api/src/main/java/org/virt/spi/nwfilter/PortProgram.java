package org.virt.spi.nwfilter;

import java.util.List;
import java.util.Objects;

/**
 * Everything that is to be enforced on one port.
 *
 * @param port the port
 * @param program its rules
 * @param addresses all that lookups find for the port from the commit on; those that it had before
 *     and are not named are gone. Empty for a technique without lookups
 */
public record PortProgram(PortRef port, Program program, List<AddressBinding> addresses) {
  public PortProgram {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(program, "program");
    addresses = List.copyOf(addresses);
    for (AddressBinding address : addresses) {
      if (!address.port().equals(port)) {
        throw new IllegalArgumentException("an address of " + address.port() + " for " + port);
      }
    }
  }

  /** Makes one without addresses. */
  public PortProgram(PortRef port, Program program) {
    this(port, program, List.of());
  }
}
