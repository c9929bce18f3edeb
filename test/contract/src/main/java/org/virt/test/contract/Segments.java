package org.virt.test.contract;

import static org.virt.test.contract.Packets.ALL;
import static org.virt.test.contract.Packets.B;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** IP packets with right checksums, from A to B, of protocols above IP. */
final class Segments {
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int ACK = 16;
  static final int ICMP = 1;

  private static final int HEADER = 14;
  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;

  private Segments() {}

  /** Returns a UDP packet with some data. */
  static byte[] udp(String from, int fromPort, String to, int toPort) {
    ByteBuffer segment = ByteBuffer.allocate(16).putShort((short) fromPort);
    segment
        .putShort((short) toPort)
        .putShort((short) 16)
        .putShort((short) 0)
        .putLong(0x7465737421L);
    return summed(Packets.UDP, from, to, segment.array(), 6);
  }

  /**
   * Returns a TCP segment.
   *
   * @param options a multiple of four bytes
   */
  static byte[] tcp(String from, int fromPort, String to, int toPort, int flags, byte... options) {
    ByteBuffer segment = ByteBuffer.allocate(20 + options.length);
    segment.putShort((short) fromPort).putShort((short) toPort).putInt(1000);
    segment.putInt((flags & ACK) == 0 ? 0 : 1001);
    segment.put((byte) (5 + options.length / 4 << 4)).put((byte) flags).putShort((short) 8192);
    return summed(Packets.TCP, from, to, segment.putInt(0).put(options).array(), 16);
  }

  /** Returns an ICMP or ICMPv6 message. */
  static byte[] icmp(String from, String to, int type, int code, byte... data) {
    ByteBuffer message = ByteBuffer.allocate(8 + data.length).put((byte) type).put((byte) code);
    int protocol = from.indexOf(':') >= 0 ? Packets.ICMPV6 : ICMP;
    return summed(protocol, from, to, message.position(8).put(data).array(), 2);
  }

  /** Returns an error about a packet: its destination's port cannot be reached. */
  static byte[] unreachable(String from, String to, byte[] about) {
    return icmp(from, to, 3, 3, Arrays.copyOfRange(about, HEADER, about.length));
  }

  /** Returns a packet of any protocol, with ports where others have them. */
  static byte[] other(int protocol, String from, int fromPort, String to, int toPort) {
    ByteBuffer payload = ByteBuffer.allocate(16).putShort((short) fromPort);
    return unicast(Packets.ip(protocol, from, to, payload.putShort((short) toPort).array()));
  }

  private static byte[] unicast(byte[] frame) {
    System.arraycopy(B.bytes(), 0, frame, 0, ALL.bytes().length);
    return frame;
  }

  private static byte[] summed(int protocol, String from, String to, byte[] segment, int at) {
    byte[] frame = unicast(Packets.ip(protocol, from, to, segment));
    boolean ipv6 = from.indexOf(':') >= 0;
    int start = HEADER + (ipv6 ? IPV6_HEADER : IPV4_HEADER);
    // The addresses stand at the end of both headers, right before the segment.
    int sum = 0;
    int first = protocol == ICMP ? start : start - (ipv6 ? 32 : 8);
    for (int i = first; i < frame.length; i += 2) {
      sum += (frame[i] & 0xff) << 8 | (i + 1 < frame.length ? frame[i + 1] & 0xff : 0);
    }
    sum += protocol == ICMP ? 0 : protocol + segment.length;
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = ~(sum + (sum >>> 16)) & 0xffff;
    frame[start + at] = (byte) (sum >>> 8);
    frame[start + at + 1] = (byte) sum;
    return frame;
  }
}
