package org.virt.learnip.internal;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.DhcpExchanges.Exchange;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;

/**
 * Decides which addresses a port's guest may be believed to have. Frames come in by one thread;
 * what it tells others is {@link #settledUntil()}.
 */
final class PortBelief {
  /** How many addresses a port may hold by DHCP. */
  static final int LIMIT = 8;

  /** {@link #settledUntil()} of a port that holds no address. */
  static final long NOT_SETTLED = Long.MIN_VALUE;

  static final long NEVER = Long.MAX_VALUE;

  /**
   * How long an address that was only seen is not looked at again. It is told again then: the
   * receiver may not have taken it, or have lost it.
   */
  static final Duration SEEN = Duration.ofSeconds(60);

  private final long mac;
  private final Mode mode;
  private final Set<Integer> servers;
  private final boolean anyServer;
  private final LearnSink sink;
  private final TokenBucket replies;
  private final DhcpExchanges exchanges = new DhcpExchanges();

  /** The addresses held and until when. */
  private final Map<Integer, Long> held = new LinkedHashMap<>();

  /** The address that ARP or a packet told last; 0 when there is none. */
  private int seen;

  private volatile long settledUntil = NOT_SETTLED;

  /**
   * Starts without a belief.
   *
   * @param replies how many answers of servers are looked at
   */
  PortBelief(LearnRequest request, LearnSink sink, TokenBucket replies) {
    this.mac = request.port().mac().value();
    this.mode = request.mode();
    this.servers =
        request.dhcpServers().stream()
            .filter(Inet4Address.class::isInstance)
            .map(address -> Ipv4.toNumber((Inet4Address) address))
            .collect(Collectors.toUnmodifiableSet());
    this.anyServer = request.dhcpServers().isEmpty();
    this.sink = sink;
    this.replies = replies;
  }

  /** Returns until when the guest needs no further address, in nanoseconds. */
  long settledUntil() {
    return settledUntil;
  }

  /** Looks at a frame that the guest sent. */
  void fromGuest(CookedFrame frame, long now) {
    if (frame.source() != mac) {
      return;
    }
    if (frame.etherType() == CookedFrame.ARP) {
      ArpMessage.parse(frame.bytes(), frame.offset())
          .filter(arp -> arp.senderMac() == mac)
          .ifPresent(arp -> use(arp.senderAddress(), Source.ARP, now));
    } else if (frame.etherType() == CookedFrame.IPV4) {
      Ipv4Packet.parse(frame.bytes(), frame.offset())
          .ifPresent(packet -> packetFromGuest(packet, frame.bytes(), now));
    }
  }

  private void packetFromGuest(Ipv4Packet packet, byte[] bytes, long now) {
    Optional<DhcpDatagram> datagram = DhcpDatagram.in(packet, bytes);
    if (datagram.isEmpty()) {
      use(packet.source(), Source.IP, now);
      return;
    }
    // What a DHCP client tells is told by its message, not by the address that it comes from.
    DhcpMessage.parse(bytes, datagram.get().offset(), datagram.get().end())
        .filter(message -> !message.reply() && message.relay() == 0 && message.clientMac() == mac)
        .ifPresent(message -> request(message, now));
  }

  /** The guest used an address as its own. */
  private void use(int address, Source source, long now) {
    forgetExpired(now);
    if (mode == Mode.ANY && held.isEmpty() && Ipv4.canBeHost(address)) {
      seen = address;
      held.put(address, now + SEEN.toNanos());
      settle();
      sink.learned(Ipv4.toAddress(address), source, Optional.empty());
    }
  }

  private void request(DhcpMessage message, long now) {
    DhcpType type = message.options().type().orElse(DhcpType.OFFER);
    switch (type) {
      case DISCOVER, REQUEST, INFORM -> exchanges.sent(message, type, now);
      case RELEASE -> release(message.clientAddress());
      case DECLINE -> message.options().requested().ifPresent(this::release);
      default -> {
        // What only servers send.
      }
    }
  }

  /** Looks at a frame that goes towards the guest. */
  void toGuest(CookedFrame frame, long now) {
    if (frame.source() == mac || frame.etherType() != CookedFrame.IPV4) {
      return;
    }
    byte[] bytes = frame.bytes();
    Ipv4Packet.parse(bytes, frame.offset())
        .flatMap(packet -> DhcpDatagram.in(packet, bytes))
        .filter(DhcpDatagram::toClient)
        .ifPresent(datagram -> reply(datagram, bytes, now));
  }

  private void reply(DhcpDatagram datagram, byte[] bytes, long now) {
    Optional<Exchange> exchange = exchanges.find(datagram.transaction(bytes), now);
    if (exchange.isEmpty() || !replies.take(now)) {
      return;
    }
    DhcpMessage.parse(bytes, datagram.offset(), datagram.end())
        .filter(message -> message.reply() && message.clientMac() == mac)
        .filter(message -> sameClient(message, exchange.get()))
        .filter(message -> fromServer(message, datagram))
        .ifPresent(message -> answer(message, exchange.get(), now));
  }

  /** A server that names the client names the right one (RFC 6842); most name none. */
  private static boolean sameClient(DhcpMessage message, Exchange exchange) {
    ByteBuffer clientId = ByteBuffer.wrap(message.options().clientId());
    return !clientId.hasRemaining() || clientId.equals(exchange.clientId());
  }

  /** A relayed answer has the relay's address as its source; otherwise it has the server's. */
  private boolean fromServer(DhcpMessage message, DhcpDatagram datagram) {
    if (anyServer) {
      return true;
    }
    boolean named = message.options().server().stream().anyMatch(servers::contains);
    return named && (message.relay() != 0 || servers.contains(datagram.source()));
  }

  private void answer(DhcpMessage message, Exchange exchange, long now) {
    DhcpType type = message.options().type().orElse(DhcpType.OFFER);
    if (type == DhcpType.NAK) {
      exchange.requested().ifPresent(this::release);
    } else if (type == DhcpType.ACK && exchange.binds() && Ipv4.canBeHost(message.yourAddress())) {
      // The answer to an INFORM has no lease time (RFC 2131, section 4.3.5).
      long lease = message.options().lease().orElse(0);
      if (lease > 0) {
        bind(message.yourAddress(), lease, now);
      }
    }
  }

  private void bind(int address, long lease, long now) {
    forgetExpired(now);
    if (!held.containsKey(address) && mode == Mode.DHCP && held.size() >= LIMIT) {
      return;
    }
    Optional<Duration> lifetime =
        lease == DhcpOptions.INFINITE ? Optional.empty() : Optional.of(Duration.ofSeconds(lease));
    held.put(address, lifetime.map(duration -> now + duration.toNanos()).orElse(NEVER));
    Set<Integer> replaced = mode == Mode.ANY ? others(address) : Set.of();
    held.keySet().removeAll(replaced);
    seen = 0;
    settle();
    sink.learned(Ipv4.toAddress(address), Source.DHCP, lifetime);
    replaced.forEach(other -> sink.released(Ipv4.toAddress(other)));
  }

  private Set<Integer> others(int address) {
    Set<Integer> others = new LinkedHashSet<>(held.keySet());
    if (seen != 0) {
      others.add(seen);
    }
    others.remove(address);
    return others;
  }

  /** Told also when nothing is held: the receiver may know the address from before this runtime. */
  private void release(int address) {
    if (!Ipv4.canBeHost(address)) {
      return;
    }
    held.remove(address);
    seen = seen == address ? 0 : seen;
    settle();
    sink.released(Ipv4.toAddress(address));
  }

  private void forgetExpired(long now) {
    if (held.values().removeIf(until -> until <= now)) {
      settle();
    }
  }

  private void settle() {
    settledUntil = held.values().stream().mapToLong(Long::longValue).max().orElse(NOT_SETTLED);
  }
}
