package org.virt.test.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.virt.api.MacAddress;
import org.virt.test.host.lab.Frames;

/** Builds neighbour discovery (RFC 4861) as an honest host and a liar send it. */
public final class NeighborFrames {
  private static final int ICMP = 58;
  private static final int UDP = 17;
  private static final int IPV6_AT = 14;
  private static final int MESSAGE_AT = IPV6_AT + 40;

  private NeighborFrames() {}

  /** Duplicate address detection for an address. */
  public static byte[] probe(MacAddress mac, String target) {
    byte[] message = ByteBuffer.allocate(24).put((byte) 135).put(8, bytes(target)).array();
    return frame(mac, "::", "ff02::1:ff00:9", message);
  }

  /** An advertisement to all nodes. */
  public static byte[] advertisement(MacAddress mac, String target) {
    ByteBuffer message = ByteBuffer.allocate(32).put((byte) 136).put(4, (byte) 0x20);
    message.put(8, bytes(target)).put(24, (byte) 2).put(25, (byte) 1).put(26, mac.bytes());
    return frame(mac, target, "ff02::1", message.array());
  }

  /** A packet that is none of neighbour discovery. */
  public static byte[] echo(MacAddress mac, String source, String target) {
    byte[] message = ByteBuffer.allocate(8).put((byte) 128).array();
    return frame(mac, source, target, message);
  }

  /** A message of ICMPv6 of a type, about an address. */
  public static byte[] message(MacAddress mac, int type, String from, String to, String target) {
    ByteBuffer message = ByteBuffer.allocate(24).put((byte) type).put(8, bytes(target));
    return frame(mac, from, to, message.array());
  }

  /** A packet of UDP from a DHCPv6 port to one. */
  public static byte[] dhcp(
      MacAddress mac, String from, int fromPort, String to, int toPort, byte[] data) {
    ByteBuffer udp = ByteBuffer.allocate(8 + data.length);
    udp.putShort((short) fromPort).putShort((short) toPort).putShort((short) udp.capacity());
    byte[] message = udp.putShort((short) 0).put(data).array();
    return frame(mac, from, to, UDP, message);
  }

  private static byte[] frame(MacAddress mac, String from, String to, byte[] message) {
    return frame(mac, from, to, ICMP, message);
  }

  private static byte[] frame(MacAddress mac, String from, String to, int next, byte[] message) {
    byte[] frame = Frames.ipv6(mac, group(bytes(to)), from, to, next, message);
    frame[IPV6_AT + 7] = (byte) 255;
    long sum = message.length + next;
    for (int i = IPV6_AT + 8; i < frame.length; i += 2) {
      sum += (frame[i] & 0xff) << 8 | (i + 1 < frame.length ? frame[i + 1] & 0xff : 0);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    ByteBuffer.wrap(frame).putShort(MESSAGE_AT + (next == ICMP ? 2 : 6), (short) ~sum);
    return frame;
  }

  /** All hosts' address of a group (RFC 2464, section 7); everybody gets what goes to one host. */
  private static MacAddress group(byte[] to) {
    boolean multicast = to[0] == (byte) 0xff;
    return multicast
        ? new MacAddress(0x333300000000L | ByteBuffer.wrap(to).getInt(12) & 0xffffffffL)
        : Frames.BROADCAST;
  }

  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }
}
