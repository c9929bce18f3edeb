package org.virt.api.nwfilter;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * An address that a port may use.
 *
 * @param port which port
 * @param mac the port's MAC address
 * @param address IPv4 or IPv6
 * @param source how it became known
 * @param expires when its lease ends; absent for one without end
 */
public record PortAddress(
    PortId port, MacAddress mac, InetAddress address, Source source, Optional<Instant> expires) {
  public PortAddress {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(expires, "expires");
  }

  /** How an address became known. */
  public enum Source {
    /** The binding gives it. */
    CONFIG,
    /** A server acknowledged it to the guest (RFC 2131, RFC 8415). */
    DHCP,
    /** The guest announced it or used it as an ARP sender (RFC 826, 5227). */
    ARP,
    /** The guest announced it by neighbour discovery (RFC 4861, 4862). */
    ND,
    /** It was the source of the guest's first IP packet. */
    IP
  }
}
