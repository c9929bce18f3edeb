package org.virt.spi.nwfilter;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that is to be enforced on one port.
 *
 * @param port the port
 * @param program its rules
 * @param addresses all that lookups find for the port from the commit on; those that it had before
 *     and are not named are gone. To a technique without lookups, whose programs name them, they
 *     say which of these end, and when
 * @param next the program that will most likely take the place of this one. It decides about
 *     nothing before it is committed itself; a technique may have it in the kernel by then, where
 *     only little is left to change, or take no notice
 */
public record PortProgram(
    PortRef port, Program program, List<AddressBinding> addresses, Optional<Program> next) {
  public PortProgram {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(program, "program");
    Objects.requireNonNull(next, "next");
    addresses = List.copyOf(addresses);
    for (AddressBinding address : addresses) {
      if (!address.port().equals(port)) {
        throw new IllegalArgumentException("an address of " + address.port() + " for " + port);
      }
    }
  }

  /** Makes one of which nobody knows what comes next. */
  public PortProgram(PortRef port, Program program, List<AddressBinding> addresses) {
    this(port, program, addresses, Optional.empty());
  }

  /** Makes one without addresses. */
  public PortProgram(PortRef port, Program program) {
    this(port, program, List.of());
  }
}
