package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.SeenBelief.Use;
import org.virt.spi.learnip.LearnRequest;

/** Decides which addresses a port's guest may be believed to have. For one thread at a time. */
final class PortBelief {
  /** A time that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  /** Long ago: of a port that holds no address. */
  static final long NOT_SETTLED = Long.MIN_VALUE;

  private final long mac;
  private final PortAddresses addresses;
  private final Dhcp4Belief dhcp4;
  private final Dhcp6Belief dhcp6;
  private final SeenBelief seen;
  private final Neighborhood around;
  private final Diary diary;

  /** Where a frame that goes towards a guest came from, as far as the capture shows it. */
  enum Origin {
    /** A server's answer, seen where servers are. */
    SERVER,
    /** Anything else. */
    UNKNOWN
  }

  PortBelief(
      LearnRequest request,
      PortAddresses addresses,
      SeenBelief seen,
      Neighborhood around,
      Diary diary) {
    this.mac = request.port().mac().value();
    this.addresses = addresses;
    this.seen = seen;
    this.around = around;
    this.diary = diary;
    Duration age = around.timers().exchange();
    this.dhcp4 = new Dhcp4Belief(mac, request.terms().dhcpServers(), addresses, age);
    this.dhcp6 = new Dhcp6Belief(request.terms().dhcpServers(), addresses, age);
  }

  /** Looks at a frame that the guest sent. */
  void fromGuest(CookedFrame frame, long now) {
    diary.count(Counter.SEEN);
    Optional<String> verdict =
        frame.source() == mac
            ? ownFrame(frame, now)
            : Optional.of("ignored: the frame's source is not the port's MAC address");
    verdict.ifPresent(text -> diary.note(frame, "from the guest", text));
  }

  private Optional<String> ownFrame(CookedFrame frame, long now) {
    byte[] bytes = frame.bytes();
    return switch (frame.etherType()) {
      case CookedFrame.ARP ->
          ArpMessage.parse(bytes, frame.offset()).map(message -> arp(message, now));
      case CookedFrame.IPV4 ->
          Ipv4Packet.parse(bytes, frame.offset()).map(packet -> ipv4(packet, bytes, now));
      case CookedFrame.IPV6 ->
          Ipv6Packet.parse(bytes, frame.offset()).map(packet -> ipv6(packet, bytes, now));
      default -> Optional.empty();
    };
  }

  private String arp(ArpMessage message, long now) {
    if (message.senderMac() != mac) {
      return "ignored: the ARP sender is not the port's MAC address";
    }
    return message.isProbe()
        ? seen.shown(Ipv4.toAddress(message.targetAddress()), Use.PROBE, Source.ARP, now)
        : seen.shown(Ipv4.toAddress(message.senderAddress()), Use.ANNOUNCED, Source.ARP, now);
  }

  private String ipv4(Ipv4Packet packet, byte[] bytes, long now) {
    // What a DHCP client tells is told by its message, not by the address that it comes from.
    return DhcpDatagram.in(packet, bytes)
        .map(datagram -> dhcp4.fromGuest(datagram, bytes, now))
        .orElseGet(() -> seen.shown(Ipv4.toAddress(packet.source()), Use.SENT, Source.IP, now));
  }

  private String ipv6(Ipv6Packet packet, byte[] bytes, long now) {
    Optional<DhcpDatagram> datagram = DhcpDatagram.in(packet, bytes);
    if (datagram.isPresent()) {
      return dhcp6.fromGuest(datagram.get(), bytes, now);
    }
    Optional<NeighborMessage> neighbor = NeighborMessage.in(packet, bytes);
    if (neighbor.filter(NeighborMessage::probe).isPresent()) {
      return seen.shown(neighbor.get().target(), Use.PROBE, Source.ND, now);
    }
    if (Ipv6.isUnspecified(bytes, packet.source())) {
      return "ignored: it comes from no address";
    }
    if (neighbor.filter(NeighborMessage::advertisement).isPresent()) {
      return seen.shown(neighbor.get().target(), Use.ANNOUNCED, Source.ND, now);
    }
    InetAddress source = Ipv6.toAddress(bytes, packet.source());
    return neighbor.isPresent()
        ? seen.shown(source, Use.ANNOUNCED, Source.ND, now)
        : seen.shown(source, Use.SENT, Source.IP, now);
  }

  /**
   * Looks at a frame that goes towards the guest.
   *
   * @param replies how many answers of servers are looked at
   */
  void toGuest(CookedFrame frame, Origin origin, TokenBucket replies, long now) {
    Optional<DhcpDatagram> datagram = DhcpDatagram.in(frame).filter(DhcpDatagram::toClient);
    Optional<String> verdict =
        datagram.isPresent()
            ? answer(frame, datagram.get(), origin, replies, now)
            : neighbour(frame, now);
    verdict.ifPresent(text -> diary.note(frame, "towards the guest", text));
  }

  private Optional<String> answer(
      CookedFrame frame, DhcpDatagram datagram, Origin origin, TokenBucket replies, long now) {
    byte[] bytes = frame.bytes();
    if (!expects(datagram, bytes, now) || !replies.take(now)) {
      return Optional.empty();
    }
    diary.count(Counter.SEEN);
    if (origin != Origin.SERVER || frame.source() == mac) {
      diary.count(Counter.FORGED);
      return Optional.of("ignored: it was not seen to come from where servers are");
    }
    return Optional.of(
        datagram.ipv6() ? dhcp6.answer(datagram, bytes, now) : dhcp4.answer(datagram, bytes, now));
  }

  /** Says whether an answer belongs to a request of the guest. */
  boolean expects(DhcpDatagram answer, byte[] bytes, long now) {
    return answer.ipv6()
        ? dhcp6.isExpected(answer, bytes, now)
        : dhcp4.isExpected(answer, bytes, now);
  }

  /** Somebody else may have an address that is being checked. */
  private Optional<String> neighbour(CookedFrame frame, long now) {
    if (frame.source() == mac || frame.source() == ProbeFrame.SOURCE.value()) {
      return Optional.empty();
    }
    return claimed(frame)
        .filter(address -> !around.holders().isHearsay(frame.source(), address))
        .flatMap(address -> seen.defended(address, now));
  }

  private static Optional<InetAddress> claimed(CookedFrame frame) {
    byte[] bytes = frame.bytes();
    return switch (frame.etherType()) {
      case CookedFrame.ARP ->
          ArpMessage.parse(bytes, frame.offset())
              .filter(message -> message.senderMac() == frame.source() && !message.isProbe())
              .map(message -> Ipv4.toAddress(message.senderAddress()));
      case CookedFrame.IPV6 ->
          Ipv6Packet.parse(bytes, frame.offset())
              .flatMap(packet -> NeighborMessage.in(packet, bytes))
              .filter(NeighborMessage::advertisement)
              .map(NeighborMessage::target);
      default -> Optional.empty();
    };
  }

  PortAddresses addresses() {
    return addresses;
  }
}
