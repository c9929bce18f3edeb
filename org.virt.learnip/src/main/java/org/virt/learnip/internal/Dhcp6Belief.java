package org.virt.learnip.internal;

import static org.virt.learnip.internal.Dhcp6Message.SUCCESS;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.Dhcp6Exchanges.Exchange;
import org.virt.learnip.internal.Dhcp6Message.Lease;
import org.virt.spi.nwfilter.Operand.Family;

/** What a port's DHCPv6 exchanges tell (RFC 8415). */
final class Dhcp6Belief {
  private static final int NO_BINDING = 3;
  private static final int NOT_ON_LINK = 4;

  private final Set<InetAddress> servers;
  private final PortAddresses addresses;
  private final Dhcp6Exchanges exchanges;

  Dhcp6Belief(Set<InetAddress> servers, PortAddresses addresses, Duration age) {
    this.servers =
        servers.stream()
            .filter(Inet6Address.class::isInstance)
            .collect(Collectors.toUnmodifiableSet());
    this.addresses = addresses;
    this.exchanges = new Dhcp6Exchanges(age);
  }

  /** Looks at what the guest sent to a server; returns what is made of it. */
  String fromGuest(DhcpDatagram datagram, byte[] bytes, long now) {
    if (datagram.toClient()) {
      return "ignored: the guest speaks as a DHCP server";
    }
    Optional<Dhcp6Message> message = Dhcp6Message.parse(bytes, datagram.offset(), datagram.end());
    if (message.isEmpty() || !message.get().client().hasRemaining()) {
      return "ignored: no sound DHCPv6 message of a client that names itself";
    }
    return switch (message.get().type()) {
      case SOLICIT, REQUEST, RENEW, REBIND, CONFIRM -> {
        exchanges.sent(message.get(), now);
        yield "its answer is waited for";
      }
      // A client uses no longer what it gives back (RFC 8415, sections 18.2.7 and 18.2.8).
      case RELEASE, DECLINE -> release(message.get().addresses(), now);
      default -> "ignored: it asks for no address";
    };
  }

  private String release(List<Lease> leases, long now) {
    return leases.isEmpty()
        ? "ignored: it gives nothing back"
        : leases.stream()
            .map(lease -> addresses.giveBack(lease.address(), now))
            .collect(Collectors.joining(", "));
  }

  /** Says whether an answer belongs to a request of the guest. */
  boolean isExpected(DhcpDatagram datagram, byte[] bytes, long now) {
    return exchanges.find(datagram.transaction6(bytes), now).isPresent();
  }

  /** Looks at a server's answer that is expected; returns what is made of it. */
  String answer(DhcpDatagram datagram, byte[] bytes, long now) {
    Exchange exchange = exchanges.find(datagram.transaction6(bytes), now).orElseThrow();
    Optional<Dhcp6Message> parsed = Dhcp6Message.parse(bytes, datagram.offset(), datagram.end());
    if (parsed.isEmpty()) {
      return "ignored: no sound DHCPv6 message";
    }
    Dhcp6Message message = parsed.get();
    if (message.type() != Dhcp6Type.REPLY) {
      return "ignored: only a reply binds";
    }
    // RFC 8415, section 16.10.
    if (!message.server().hasRemaining() || !message.client().equals(exchange.client())) {
      return "ignored: it is for another client, or names no server";
    }
    InetAddress source = Ipv6.toAddress(bytes, datagram.source());
    if (!servers.isEmpty() && !servers.contains(source)) {
      return "ignored: not from a server of DHCPSERVERV6";
    }
    if (!addresses.wants(Family.IPV6)) {
      return "ignored: no filter of the port asks for such addresses";
    }
    return believe(message, exchange, now);
  }

  private String believe(Dhcp6Message message, Exchange exchange, long now) {
    if (message.status() == NOT_ON_LINK || message.status() == NO_BINDING) {
      List<Lease> asked =
          exchange.asked().stream().map(address -> new Lease(0, address, 0, 0)).toList();
      return release(asked, now);
    }
    if (message.status() != SUCCESS || !exchange.binds()) {
      return "ignored: it assigns nothing";
    }
    List<String> verdicts = new ArrayList<>();
    for (Lease lease : message.addresses()) {
      verdicts.add(believe(lease, exchange, now));
    }
    return verdicts.isEmpty() ? "ignored: it assigns nothing" : String.join(", ", verdicts);
  }

  private String believe(Lease lease, Exchange exchange, long now) {
    boolean lost =
        lease.lifetime() == 0 || lease.status() == NO_BINDING || lease.status() == NOT_ON_LINK;
    if (lost) {
      boolean had =
          exchange.asked().contains(lease.address()) || addresses.find(lease.address()).isPresent();
      return had ? addresses.giveBack(lease.address(), now) : "ignored: an address that is none";
    }
    if (lease.status() != SUCCESS) {
      return "ignored: " + lease.address().getHostAddress() + " was not granted";
    }
    Optional<Duration> lifetime =
        lease.lifetime() == Lease.INFINITE
            ? Optional.empty()
            : Optional.of(Duration.ofSeconds(lease.lifetime()));
    return addresses.bind(lease.address(), Source.DHCP, lifetime, now);
  }
}
