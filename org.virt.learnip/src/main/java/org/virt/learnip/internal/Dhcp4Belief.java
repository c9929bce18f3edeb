package org.virt.learnip.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.DhcpExchanges.Exchange;
import org.virt.spi.nwfilter.Operand.Family;

/** What a port's DHCPv4 exchanges tell (RFC 2131). */
final class Dhcp4Belief {
  private final long mac;
  private final Set<Integer> servers;
  private final PortAddresses addresses;
  private final DhcpExchanges exchanges;

  Dhcp4Belief(long mac, Set<InetAddress> servers, PortAddresses addresses, Duration age) {
    this.mac = mac;
    this.servers =
        servers.stream()
            .filter(Inet4Address.class::isInstance)
            .map(Ipv4::toNumber)
            .collect(Collectors.toUnmodifiableSet());
    this.addresses = addresses;
    this.exchanges = new DhcpExchanges(age);
  }

  /** Looks at what the guest sent to a server; returns what is made of it. */
  String fromGuest(DhcpDatagram datagram, byte[] bytes, long now) {
    if (datagram.toClient()) {
      return "ignored: the guest speaks as a DHCP server";
    }
    Optional<DhcpMessage> message = DhcpMessage.parse(bytes, datagram.offset(), datagram.end());
    if (message.isEmpty() || message.get().reply()) {
      return "ignored: no sound DHCP message of a client";
    }
    if (message.get().relay() != 0 || message.get().clientMac() != mac) {
      return "ignored: it is relayed or another client's";
    }
    return request(message.get(), now);
  }

  private String request(DhcpMessage message, long now) {
    DhcpType type = message.options().type().orElse(DhcpType.OFFER);
    return switch (type) {
      case DISCOVER, REQUEST, INFORM -> {
        exchanges.sent(message, type, now);
        yield "its answer is waited for";
      }
      case RELEASE -> addresses.giveBack(Ipv4.toAddress(message.clientAddress()), now);
      case DECLINE ->
          message.options().requested().stream()
              .mapToObj(address -> addresses.giveBack(Ipv4.toAddress(address), now))
              .findFirst()
              .orElse("ignored: it declines nothing");
      default -> "ignored: only servers send it";
    };
  }

  /** Says whether an answer belongs to a request of the guest. */
  boolean isExpected(DhcpDatagram datagram, byte[] bytes, long now) {
    return exchanges.find(datagram.transaction(bytes), now).isPresent();
  }

  /** Looks at a server's answer that is expected; returns what is made of it. */
  String answer(DhcpDatagram datagram, byte[] bytes, long now) {
    Exchange exchange = exchanges.find(datagram.transaction(bytes), now).orElseThrow();
    Optional<DhcpMessage> parsed = DhcpMessage.parse(bytes, datagram.offset(), datagram.end());
    if (parsed.isEmpty() || !parsed.get().reply()) {
      return "ignored: no sound DHCP message of a server";
    }
    DhcpMessage message = parsed.get();
    if (message.clientMac() != mac || !sameClient(message, exchange)) {
      return "ignored: it is for another client";
    }
    if (!isAllowed(message, Bytes.s32(bytes, datagram.source()))) {
      return "ignored: not from a server of DHCPSERVER";
    }
    return believe(message, exchange, now);
  }

  /** A server that names the client names the right one (RFC 6842); most name none. */
  private static boolean sameClient(DhcpMessage message, Exchange exchange) {
    ByteBuffer clientId = ByteBuffer.wrap(message.options().clientId());
    return !clientId.hasRemaining() || clientId.equals(exchange.clientId());
  }

  /** A relayed answer has the relay's address as its source; otherwise it has the server's. */
  private boolean isAllowed(DhcpMessage message, int source) {
    if (servers.isEmpty()) {
      return true;
    }
    boolean named = message.options().server().stream().anyMatch(servers::contains);
    return named && (message.relay() != 0 || servers.contains(source));
  }

  private String believe(DhcpMessage message, Exchange exchange, long now) {
    DhcpType type = message.options().type().orElse(DhcpType.OFFER);
    if (type == DhcpType.NAK) {
      return exchange.requested().stream()
          .mapToObj(address -> addresses.giveBack(Ipv4.toAddress(address), now))
          .findFirst()
          .orElse("ignored: it refuses nothing");
    }
    if (type != DhcpType.ACK) {
      return "ignored: an offer binds nothing";
    }
    // The answer to an INFORM has no lease time (RFC 2131, section 4.3.5).
    long lease = message.options().lease().orElse(0);
    if (!exchange.binds() || lease <= 0) {
      return "ignored: it assigns nothing";
    }
    if (!addresses.wants(Family.IPV4)) {
      return "ignored: no filter of the port asks for such addresses";
    }
    Optional<Duration> lifetime =
        lease == DhcpOptions.INFINITE ? Optional.empty() : Optional.of(Duration.ofSeconds(lease));
    InetAddress address = Ipv4.toAddress(message.yourAddress());
    addresses
        .obstacles()
        .told(
            message.options().routers(),
            nobodys(message, address),
            PortAddresses.end(lifetime, now));
    return addresses.bind(address, Source.DHCP, lifetime, now);
  }

  /** The addresses of the lease's network that no host has. */
  private static Set<InetAddress> nobodys(DhcpMessage message, InetAddress address) {
    Set<InetAddress> nobodys = new HashSet<>();
    DhcpOptions options = message.options();
    options.broadcast().ifPresent(broadcast -> nobodys.add(Ipv4.toAddress(broadcast)));
    // A network of one or two hosts has no address of that kind (RFC 3021).
    if (options.prefix().orElse(Integer.SIZE) < Integer.SIZE - 1) {
      int mask = -1 << Integer.SIZE - options.prefix().getAsInt();
      int network = Ipv4.toNumber(address) & mask;
      nobodys.add(Ipv4.toAddress(network));
      nobodys.add(Ipv4.toAddress(network | ~mask));
    }
    return nobodys;
  }
}
