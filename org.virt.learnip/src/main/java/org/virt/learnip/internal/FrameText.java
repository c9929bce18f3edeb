package org.virt.learnip.internal;

import java.util.Locale;
import java.util.Optional;
import org.virt.api.MacAddress;

/** Says what a frame is, for a person. */
final class FrameText {
  private FrameText() {}

  /** Returns one line. */
  static String of(CookedFrame frame, String direction) {
    return what(frame) + ", " + direction + ", of " + new MacAddress(frame.source());
  }

  private static String what(CookedFrame frame) {
    byte[] bytes = frame.bytes();
    int at = frame.offset();
    return switch (frame.etherType()) {
      case CookedFrame.ARP -> ArpMessage.parse(bytes, at).map(FrameText::arp).orElse("broken ARP");
      case CookedFrame.IPV4 ->
          Ipv4Packet.parse(bytes, at).map(packet -> ipv4(packet, bytes)).orElse("broken IPv4");
      case CookedFrame.IPV6 ->
          Ipv6Packet.parse(bytes, at).map(packet -> ipv6(packet, bytes)).orElse("broken IPv6");
      default -> String.format(Locale.ROOT, "frame of type 0x%04x", frame.etherType());
    };
  }

  private static String arp(ArpMessage message) {
    return message.isProbe()
        ? "ARP probe for " + Ipv4.toAddress(message.targetAddress()).getHostAddress()
        : "ARP from " + Ipv4.toAddress(message.senderAddress()).getHostAddress();
  }

  private static String ipv4(Ipv4Packet packet, byte[] bytes) {
    Optional<DhcpDatagram> datagram = DhcpDatagram.in(packet, bytes);
    if (datagram.isEmpty()) {
      return "IPv4 packet from " + Ipv4.toAddress(packet.source()).getHostAddress();
    }
    return DhcpMessage.parse(bytes, datagram.get().offset(), datagram.get().end())
        .map(
            message ->
                "DHCP "
                    + message.options().type().map(DhcpType::name).orElse("message")
                    + (message.yourAddress() == 0
                        ? ""
                        : " of " + Ipv4.toAddress(message.yourAddress()).getHostAddress()))
        .orElse("broken DHCP message");
  }

  private static String ipv6(Ipv6Packet packet, byte[] bytes) {
    Optional<DhcpDatagram> datagram = DhcpDatagram.in(packet, bytes);
    if (datagram.isPresent()) {
      return Dhcp6Message.parse(bytes, datagram.get().offset(), datagram.get().end())
          .map(message -> "DHCPv6 " + message.type())
          .orElse("broken DHCPv6 message");
    }
    return NeighborMessage.in(packet, bytes)
        .map(
            message ->
                (message.advertisement() ? "advertisement of " : "solicitation for ")
                    + message.target().getHostAddress())
        .orElse("IPv6 packet from " + Ipv6.toAddress(bytes, packet.source()).getHostAddress());
  }
}
