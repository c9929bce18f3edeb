package org.virt.test.contract;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.virt.api.MacAddress;

/** Frames of each protocol; what a test does not say has a usual value. */
final class Packets {
  static final int IPV4 = 0x0800;
  static final int ARP = 0x0806;
  static final int RARP = 0x8035;
  static final int VLAN = 0x8100;
  static final int PROVIDER_VLAN = 0x88a8;
  static final int IPV6 = 0x86dd;
  static final int EXPERIMENTAL = 0x88b5; // IEEE 802, for local experiments
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMPV6 = 58;
  static final MacAddress A = MacAddress.parse("52:54:00:0a:00:01");
  static final MacAddress B = MacAddress.parse("52:55:00:0b:00:02");
  static final MacAddress ALL = new MacAddress((1L << 48) - 1);
  static final MacAddress BRIDGES = MacAddress.parse("01:80:c2:00:00:00");

  private Packets() {}

  /** Returns an Ethernet frame. */
  static byte[] ethernet(MacAddress source, MacAddress destination, int type, byte[] payload) {
    return new Bytes().mac(destination).mac(source).u16(type).raw(payload).done();
  }

  /** Returns a frame of no protocol that rules know. */
  static byte[] other(MacAddress source, MacAddress destination) {
    return ethernet(source, destination, EXPERIMENTAL, new byte[46]);
  }

  /** Returns the same frame with one more tag outside. */
  static byte[] tagged(byte[] frame, int type, int control) {
    Bytes head = new Bytes().raw(Arrays.copyOf(frame, 12)).u16(type).u16(control);
    return head.raw(Arrays.copyOfRange(frame, 12, frame.length)).done();
  }

  /** Returns the same frame with bytes replaced from an offset of its payload on. */
  static byte[] with(byte[] frame, int offset, int... bytes) {
    byte[] changed = frame.clone();
    for (int i = 0; i < bytes.length; i++) {
      changed[14 + offset + i] = (byte) bytes[i];
    }
    return changed;
  }

  /** Returns a request that asks who has 10.0.0.9, broadcast. */
  static byte[] arp(int type, MacAddress sender, String senderIp) {
    return arp(type, 1, sender, senderIp, new MacAddress(0), "10.0.0.9");
  }

  /** Returns a packet of ARP or RARP, broadcast by its sender. */
  static byte[] arp(
      int type, int operation, MacAddress sender, String from, MacAddress target, String to) {
    Bytes packet = new Bytes().u16(1).u16(IPV4).u8(6).u8(4).u16(operation);
    packet.mac(sender).ip(from).mac(target).ip(to);
    return ethernet(sender, ALL, type, packet.done());
  }

  /** Returns a UDP packet, port 1000 to port 2000, of either family, broadcast by A. */
  static byte[] udp(String from, String to) {
    return udp(from, 1000, to, 2000);
  }

  /** Returns a UDP packet of either family, broadcast by A. */
  static byte[] udp(String from, int fromPort, String to, int toPort) {
    return ip(UDP, from, to, new Bytes().u16(fromPort).u16(toPort).u16(8).u16(0).done());
  }

  /** Returns an IP packet of either family, broadcast by A. */
  static byte[] ip(int protocol, String from, String to, byte[] payload) {
    Bytes packet = new Bytes();
    if (from.indexOf(':') >= 0) {
      packet.u16(0x6000).u16(0).u16(payload.length).u8(protocol).u8(64).ip(from).ip(to);
      return ethernet(A, ALL, IPV6, packet.raw(payload).done());
    }
    packet.u16(0x4500).u16(20 + payload.length).u16(0).u16(0).u8(64).u8(protocol).u16(0);
    return summed(ethernet(A, ALL, IPV4, packet.ip(from).ip(to).raw(payload).done()));
  }

  /** Returns the IPv4 packet with four bytes of options that say nothing. */
  static byte[] withOptions(byte[] packet) {
    Bytes longer = new Bytes().raw(Arrays.copyOf(packet, 34)).u8(1).u8(1).u8(1).u8(0);
    longer.raw(Arrays.copyOfRange(packet, 34, packet.length));
    byte[] frame = with(longer.done(), 0, 0x46);
    return summed(with(frame, 3, frame[14 + 3] + 4));
  }

  /** Returns the IPv6 packet with an extension header of destination options that say nothing. */
  static byte[] withExtension(byte[] packet) {
    Bytes longer = new Bytes().raw(Arrays.copyOf(packet, 54)).u8(packet[14 + 6]).u8(0).u8(1).u8(4);
    longer.raw(new byte[4]).raw(Arrays.copyOfRange(packet, 54, packet.length));
    return with(with(longer.done(), 6, 60), 5, packet[14 + 5] + 8);
  }

  /** Returns the IPv4 packet with a right sum over its header. */
  static byte[] summed(byte[] frame) {
    byte[] clear = with(frame, 10, 0, 0);
    int sum = 0;
    for (int i = 14; i < 14 + 4 * (frame[14] & 0xf); i += 2) {
      sum += (clear[i] & 0xff) << 8 | clear[i + 1] & 0xff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = ~(sum + (sum >>> 16)) & 0xffff;
    return with(clear, 10, sum >>> 8, sum);
  }

  /** Returns a configuration BPDU of A (IEEE 802.1D, 9.3.1); its payload starts with the LLC. */
  static byte[] bpdu() {
    Bytes llc = new Bytes().u8(0x42).u8(0x42).u8(3);
    llc.u16(0).u8(0).u8(0).u8(0); // protocol, version, type, flags
    llc.u16(0x8000).mac(A).u16(0).u16(4); // root and the cost of the way to it
    llc.u16(0x9000).mac(A).u16(0x8001); // sender and its port
    llc.u16(0).u16(20 << 8).u16(2 << 8).u16(15 << 8); // ages and times, in 1/256 seconds
    return ethernet(A, BRIDGES, 38, llc.raw(new byte[8]).done());
  }

  /** Returns a frame of each kind by the name of its protocol. */
  static Map<String, byte[]> samples() {
    return new TreeMap<>(
        Map.of(
            "mac", other(A, ALL),
            "vlan", tagged(other(A, ALL), VLAN, 7),
            "stp", bpdu(),
            "arp", arp(ARP, A, "10.0.0.2"),
            "rarp", arp(RARP, A, "10.0.0.2"),
            "ip", udp("10.0.0.2", "10.0.0.9"),
            "ipv6", udp("fd00::2", "fd00::9")));
  }

  /** Returns what one address of the frame is replaced by. */
  static UnaryOperator<byte[]> from(MacAddress source) {
    return frame -> {
      byte[] changed = frame.clone();
      System.arraycopy(source.bytes(), 0, changed, 6, 6);
      return changed;
    };
  }

  /** Returns an address of either family. */
  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static final class Bytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Bytes u8(int value) {
      bytes.write(value);
      return this;
    }

    Bytes u16(int value) {
      return u8(value >>> 8).u8(value);
    }

    Bytes raw(byte[] value) {
      bytes.writeBytes(value);
      return this;
    }

    Bytes mac(MacAddress value) {
      return raw(value.bytes());
    }

    Bytes ip(String text) {
      return raw(address(text).getAddress());
    }

    byte[] done() {
      return bytes.toByteArray();
    }
  }
}
