package org.virt.learnip.internal;

import java.util.Optional;

/**
 * A whole UDP datagram between a DHCP client and a server (RFC 768, RFC 2131, section 4.1), not yet
 * read.
 *
 * @param toClient from port 67 to 68; else from port 68 to 67
 * @param source the sender's IPv4 address
 * @param offset where the DHCP message begins
 * @param end where it ends, within the captured bytes
 */
record DhcpDatagram(boolean toClient, int source, int offset, int end) {
  static final int UDP = 17;
  static final int SERVER_PORT = 67;
  static final int CLIENT_PORT = 68;

  private static final int UDP_HEADER = 8;
  private static final int XID = 4;

  /** Finds the datagram in a packet; nothing when it is another one, a fragment, or cut short. */
  static Optional<DhcpDatagram> in(Ipv4Packet packet, byte[] bytes) {
    int udp = packet.payload();
    boolean whole = packet.end() <= bytes.length && packet.end() - udp >= UDP_HEADER;
    if (packet.protocol() != UDP || packet.fragment() || !whole) {
      return Optional.empty();
    }
    int sourcePort = Bytes.u16(bytes, udp);
    int destinationPort = Bytes.u16(bytes, udp + 2);
    int length = Bytes.u16(bytes, udp + 4);
    boolean toClient = sourcePort == SERVER_PORT && destinationPort == CLIENT_PORT;
    boolean toServer = sourcePort == CLIENT_PORT && destinationPort == SERVER_PORT;
    boolean sound =
        (toClient || toServer)
            && length >= UDP_HEADER + DhcpMessage.MIN_LENGTH
            && length <= packet.end() - udp;
    return sound
        ? Optional.of(new DhcpDatagram(toClient, packet.source(), udp + UDP_HEADER, udp + length))
        : Optional.empty();
  }

  /** Returns the transaction, without reading the rest. */
  int transaction(byte[] bytes) {
    return Bytes.s32(bytes, offset + XID);
  }
}
