package org.virt.learnip.internal;

import java.util.Optional;

/**
 * A whole UDP datagram between a DHCP client and a server (RFC 768; RFC 2131, section 4.1; RFC
 * 8415, section 7.2), not yet read. One between a relay and a server is none.
 *
 * @param toClient from the server's port to the client's; else the other way round
 * @param ipv6 it is one of DHCPv6
 * @param source where the sender's address is
 * @param offset where the DHCP message begins
 * @param end where it ends, within the captured bytes
 */
record DhcpDatagram(boolean toClient, boolean ipv6, int source, int offset, int end) {
  static final int UDP = 17;
  static final int SERVER_PORT = 67;
  static final int CLIENT_PORT = 68;
  static final int SERVER_PORT6 = 547;
  static final int CLIENT_PORT6 = 546;

  private static final int UDP_HEADER = 8;
  private static final int XID = 4;
  private static final int MIN_LENGTH6 = 4;

  private record Ports(int server, int client, int minLength) {}

  private static final Ports PORTS4 = new Ports(SERVER_PORT, CLIENT_PORT, DhcpMessage.MIN_LENGTH);
  private static final Ports PORTS6 = new Ports(SERVER_PORT6, CLIENT_PORT6, MIN_LENGTH6);

  /** Finds the datagram in a packet; nothing when it is another one, a fragment, or cut short. */
  static Optional<DhcpDatagram> in(Ipv4Packet packet, byte[] bytes) {
    return packet.protocol() != UDP || packet.fragment()
        ? Optional.empty()
        : in(packet.payload(), packet.end(), packet.sourceAt(), bytes, PORTS4);
  }

  /** Finds the datagram in a packet; nothing when it is another one, a fragment, or cut short. */
  static Optional<DhcpDatagram> in(Ipv6Packet packet, byte[] bytes) {
    return packet.protocol() != UDP || packet.fragment()
        ? Optional.empty()
        : in(packet.payload(), packet.end(), packet.source(), bytes, PORTS6);
  }

  private static Optional<DhcpDatagram> in(
      int udp, int end, int source, byte[] bytes, Ports ports) {
    if (end > bytes.length || end - udp < UDP_HEADER) {
      return Optional.empty();
    }
    int sourcePort = Bytes.u16(bytes, udp);
    int destinationPort = Bytes.u16(bytes, udp + 2);
    int length = Bytes.u16(bytes, udp + 4);
    boolean toClient = sourcePort == ports.server && destinationPort == ports.client;
    boolean toServer = sourcePort == ports.client && destinationPort == ports.server;
    boolean sound =
        (toClient || toServer) && length >= UDP_HEADER + ports.minLength && length <= end - udp;
    return sound
        ? Optional.of(
            new DhcpDatagram(
                toClient, ports.equals(PORTS6), source, udp + UDP_HEADER, udp + length))
        : Optional.empty();
  }

  /** Says whether there is one in captured bytes, with their SLL2 header. */
  static boolean isIn(byte[] captured) {
    return CookedFrame.parse(captured).flatMap(DhcpDatagram::in).isPresent();
  }

  /** Finds the datagram in a frame. */
  static Optional<DhcpDatagram> in(CookedFrame frame) {
    return switch (frame.etherType()) {
      case CookedFrame.IPV4 ->
          Ipv4Packet.parse(frame.bytes(), frame.offset())
              .flatMap(packet -> in(packet, frame.bytes()));
      case CookedFrame.IPV6 ->
          Ipv6Packet.parse(frame.bytes(), frame.offset())
              .flatMap(packet -> in(packet, frame.bytes()));
      default -> Optional.empty();
    };
  }

  /** Returns the transaction of a DHCPv4 message, without reading the rest. */
  int transaction(byte[] bytes) {
    return Bytes.s32(bytes, offset + XID);
  }

  /** Returns the transaction of a DHCPv6 message, without reading the rest. */
  int transaction6(byte[] bytes) {
    return Bytes.s32(bytes, offset) & 0xffffff;
  }
}
