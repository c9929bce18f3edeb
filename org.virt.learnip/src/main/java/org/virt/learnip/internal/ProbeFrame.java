package org.virt.learnip.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.virt.api.MacAddress;

/**
 * Frames that ask a guest for an address without claiming one: an ARP probe (RFC 5227), and a
 * solicitation as duplicate address detection sends it (RFC 4862, section 5.4.2), which the holder
 * of the address answers to all.
 */
final class ProbeFrame {
  /** A locally administered address that no guest is given. */
  static final MacAddress SOURCE = MacAddress.parse("02:76:69:72:74:00");

  private static final MacAddress EVERYBODY = new MacAddress((1L << 48) - 1);
  private static final int ETHERNET = 14;
  private static final int ARP = 28;
  private static final int MIN_FRAME = 60;
  private static final int NEIGHBOR = 24;

  private ProbeFrame() {}

  /** Makes the frame for one guest. */
  static byte[] of(MacAddress guest, InetAddress address) {
    return frame(SOURCE, guest, address);
  }

  /** Makes the frame that a guest would send to everybody. */
  static byte[] toAll(MacAddress guest, InetAddress address) {
    boolean ipv4 = address instanceof Inet4Address;
    return frame(guest, ipv4 ? EVERYBODY : MacAddress.of(ethernetGroup(address), 0), address);
  }

  private static byte[] frame(MacAddress source, MacAddress destination, InetAddress address) {
    return address instanceof Inet4Address
        ? arp(source, destination, address)
        : solicitation(source, destination, address);
  }

  private static byte[] arp(MacAddress source, MacAddress destination, InetAddress address) {
    ByteBuffer frame = ByteBuffer.allocate(Math.max(MIN_FRAME, ETHERNET + ARP));
    frame.put(destination.bytes()).put(source.bytes()).putShort((short) CookedFrame.ARP);
    frame.putShort((short) 1).putShort((short) CookedFrame.IPV4).put((byte) 6).put((byte) 4);
    frame.putShort((short) 1).put(source.bytes()).putInt(0).put(new byte[6]);
    return frame.put(address.getAddress()).array();
  }

  /** The solicited nodes of an address (RFC 4291, section 2.7.1). */
  private static byte[] group(InetAddress address) {
    byte[] group = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff, 0, 0, 0};
    System.arraycopy(address.getAddress(), 13, group, 13, 3);
    return group;
  }

  /** The same in Ethernet (RFC 2464, section 7). */
  private static byte[] ethernetGroup(InetAddress address) {
    byte[] group = {0x33, 0x33, (byte) 0xff, 0, 0, 0};
    System.arraycopy(address.getAddress(), 13, group, 3, 3);
    return group;
  }

  private static byte[] solicitation(
      MacAddress source, MacAddress destination, InetAddress address) {
    byte[] target = address.getAddress();
    byte[] group = group(address);
    ByteBuffer message = ByteBuffer.allocate(NEIGHBOR);
    message.put((byte) NeighborMessage.SOLICITATION).position(8);
    message.put(target);
    message.putShort(2, checksum(group, message.array()));
    ByteBuffer frame = ByteBuffer.allocate(ETHERNET + Ipv6Packet.HEADER + NEIGHBOR);
    frame.put(destination.bytes()).put(source.bytes()).putShort((short) CookedFrame.IPV6);
    frame.putInt(6 << 28).putShort((short) NEIGHBOR);
    frame.put((byte) NeighborMessage.ICMP).put((byte) 255);
    return frame.put(new byte[Ipv6.LENGTH]).put(group).put(message.array()).array();
  }

  /** The checksum of ICMPv6 from the unspecified address (RFC 8200, section 8.1). */
  private static short checksum(byte[] destination, byte[] message) {
    long sum = message.length + NeighborMessage.ICMP;
    for (byte[] part : new byte[][] {destination, message}) {
      for (int i = 0; i < part.length; i += 2) {
        sum += Bytes.u16(part, i);
      }
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
