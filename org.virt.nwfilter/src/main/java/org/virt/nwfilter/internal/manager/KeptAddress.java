package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.nwfilter.PortRef;

/**
 * A learned address that outlives who learned it.
 *
 * @param since when it was surely in use; before that it is not believed, for the clock was set
 *     back (RFC 7513, section 9.2)
 * @param expires the end of its lease; absent for none
 */
record KeptAddress(
    LeaseHolder holder,
    InetAddress address,
    Source source,
    Instant since,
    Optional<Instant> expires) {
  KeptAddress {
    Objects.requireNonNull(holder, "holder");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(expires, "expires");
  }

  static KeptAddress of(LeaseHolder holder, PortAddress address, Instant now) {
    return new KeptAddress(holder, address.address(), address.source(), now, address.expires());
  }

  /** Says whether it may be used by the clock; one without a lease always may. */
  boolean isValid(Instant now) {
    return source != Source.DHCP || !since.isAfter(now) && expires.map(now::isBefore).orElse(true);
  }

  /** Says whether it comes back with its guest: a server assigned it, and knows to whom. */
  boolean isLease() {
    return source == Source.DHCP && holder.isKnown();
  }

  PortAddress at(PortRef port) {
    return new PortAddress(port.id(), port.mac(), address, source, expires);
  }
}
