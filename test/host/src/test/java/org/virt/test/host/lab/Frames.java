package org.virt.test.host.lab;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.virt.api.MacAddress;

/** Builds frames byte by byte. */
public final class Frames {
  public static final int TYPE_IPV4 = 0x0800;
  public static final int TYPE_ARP = 0x0806;
  public static final int TYPE_RARP = 0x8035;
  public static final int TYPE_VLAN = 0x8100;
  public static final int TYPE_IPV6 = 0x86dd;
  public static final MacAddress BROADCAST = new MacAddress((1L << 48) - 1);
  public static final MacAddress BRIDGE_GROUP = MacAddress.parse("01:80:c2:00:00:00");

  private static final int UDP = 17;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Frames() {}

  /** Returns an Ethernet frame. */
  public static byte[] ethernet(
      MacAddress source, MacAddress destination, int type, byte[] payload) {
    return new Frames().raw(destination.bytes()).raw(source.bytes()).u16(type).raw(payload).done();
  }

  /** Returns the same frame with an 802.1Q tag. */
  public static byte[] tagged(byte[] frame, int vlan) {
    return tagged(frame, TYPE_VLAN, vlan);
  }

  /** Returns the same frame with a tag of a type: 0x8100 or 0x88a8. */
  public static byte[] tagged(byte[] frame, int type, int vlan) {
    Frames result = new Frames();
    result.bytes.write(frame, 0, 12);
    result.u16(type).u16(vlan);
    result.bytes.write(frame, 12, frame.length - 12);
    return result.done();
  }

  /**
   * Returns an ARP request or answer, its addresses in the order of the packet; the frame's are the
   * sender's and a broadcast.
   */
  public static byte[] arp(
      int operation, MacAddress senderMac, String sender, MacAddress targetMac, String target) {
    return arp(TYPE_ARP, senderMac, operation, senderMac, sender, targetMac, target);
  }

  /** Returns a packet of ARP or RARP whose frame may come from another address than it says. */
  public static byte[] arp(
      int type,
      MacAddress source,
      int operation,
      MacAddress senderMac,
      String sender,
      MacAddress targetMac,
      String target) {
    Frames packet = new Frames().u16(1).u16(TYPE_IPV4).u8(6).u8(4).u16(operation);
    packet.raw(senderMac.bytes()).raw(address(sender)).raw(targetMac.bytes()).raw(address(target));
    return ethernet(source, BROADCAST, type, packet.done());
  }

  /** Returns an IPv4 packet with UDP in it. */
  public static byte[] udp(
      MacAddress source,
      MacAddress destination,
      String from,
      int fromPort,
      String to,
      int toPort,
      byte[] data) {
    Frames udp = new Frames().u16(fromPort).u16(toPort).u16(8 + data.length).u16(0).raw(data);
    return ethernet(source, destination, TYPE_IPV4, ipv4(UDP, from, to, udp.done()));
  }

  /** Returns an IPv4 packet with UDP in it, port 1000 to port 2000, without data. */
  public static byte[] udp(MacAddress source, MacAddress destination, String from, String to) {
    return udp(source, destination, from, 1000, to, 2000, new byte[0]);
  }

  /** Returns an IPv4 packet without its frame. */
  public static byte[] ipv4(int protocol, String from, String to, byte[] payload) {
    Frames header =
        new Frames().u8(0x45).u8(0).u16(20 + payload.length).u16(0).u16(0x4000).u8(64).u8(protocol);
    byte[] packet = header.u16(0).raw(address(from)).raw(address(to)).raw(payload).done();
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += (packet[i] & 0xff) << 8 | packet[i + 1] & 0xff;
    }
    sum = ~((sum >>> 16) + sum + ((sum >>> 16) + (sum & 0xffff) >>> 16)) & 0xffff;
    packet[10] = (byte) (sum >>> 8);
    packet[11] = (byte) sum;
    return packet;
  }

  /** Returns an IPv6 packet with its frame. */
  public static byte[] ipv6(
      MacAddress source,
      MacAddress destination,
      String from,
      String to,
      int nextHeader,
      byte[] payload) {
    Frames packet = new Frames().u16(0x6000).u16(0).u16(payload.length).u8(nextHeader).u8(64);
    packet.raw(address(from)).raw(address(to)).raw(payload);
    return ethernet(source, destination, TYPE_IPV6, packet.done());
  }

  /** Returns a configuration BPDU (IEEE 802.1D, 9.3.1). */
  public static byte[] bpdu(MacAddress source, int rootPriority, MacAddress root) {
    Frames frame = new Frames().raw(BRIDGE_GROUP.bytes()).raw(source.bytes()).u16(38);
    frame.u8(0x42).u8(0x42).u8(3).u16(0).u8(0).u8(0).u8(0);
    frame.u16(rootPriority).raw(root.bytes()).u16(0).u16(4);
    frame.u16(rootPriority).raw(source.bytes()).u16(0x8001);
    return frame.u16(0).u16(20 << 8).u16(2 << 8).u16(15 << 8).done();
  }

  /** Returns bytes of a text. */
  public static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] address(String text) {
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private Frames u8(int value) {
    bytes.write(value);
    return this;
  }

  private Frames u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  private Frames raw(byte[] value) {
    bytes.writeBytes(value);
    return this;
  }

  private byte[] done() {
    return bytes.toByteArray();
  }
}
