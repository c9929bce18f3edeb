package org.virt.spi.nwfilter;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * An address that a {@link Operand.Lookup} of a port finds.
 *
 * @param port the port
 * @param address IPv4 or IPv6
 * @param lifetime how long from now; absent for no end
 */
public record AddressBinding(PortRef port, InetAddress address, Optional<Duration> lifetime) {
  public AddressBinding {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(lifetime, "lifetime");
  }
}
