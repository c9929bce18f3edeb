package org.virt.learnip.internal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.virt.api.MacAddress;
import org.virt.learnip.internal.TestFrames.Writer;

/** Builds IPv6 packets, neighbour discovery and DHCPv6 messages. */
final class Frames6 {
  static final String ALL_NODES = "ff02::1";
  static final String LINK_LOCAL = "fe80::9";
  static final String SERVER_LINK_LOCAL = "fe80::1";

  private Frames6() {}

  static byte[] bytes(String address) {
    return TestHost.ip(address).getAddress();
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  static byte[] ipv6(String source, String destination, int next, byte[] payload) {
    return ipv6(source, destination, next, 255, payload);
  }

  static byte[] ipv6(String source, String destination, int next, int hops, byte[] payload) {
    Writer writer = new Writer().u32(6 << 28).u16(payload.length).u8(next).u8(hops);
    return writer.raw(bytes(source)).raw(bytes(destination)).raw(payload).done();
  }

  private static byte[] neighbor(int type, String target, byte[] options) {
    Writer writer = new Writer().u8(type).u8(0).u16(0).u32(0);
    return writer.raw(bytes(target)).raw(options).done();
  }

  /** Duplicate address detection. */
  static byte[] probe(String target) {
    return ipv6("::", "ff02::1:ff00:9", 58, neighbor(135, target, new byte[0]));
  }

  static byte[] solicitation(String source, String target) {
    byte[] link = new Writer().u8(1).u8(1).raw(TestFrames.GUEST.bytes()).done();
    return ipv6(source, "ff02::1:ff00:1", 58, neighbor(135, target, link));
  }

  static byte[] advertisement(String source, String target) {
    byte[] link = new Writer().u8(2).u8(1).raw(TestFrames.GUEST.bytes()).done();
    return ipv6(source, ALL_NODES, 58, neighbor(136, target, link));
  }

  static byte[] fromClient(byte[] dhcp) {
    return ipv6(LINK_LOCAL, "ff02::1:2", 17, TestFrames.udp(546, 547, dhcp));
  }

  static byte[] fromServer(byte[] dhcp) {
    return ipv6(SERVER_LINK_LOCAL, LINK_LOCAL, 17, TestFrames.udp(547, 546, dhcp));
  }

  static Dhcp6 dhcp(int type) {
    return new Dhcp6(type).option(1, hex("0001aabb"));
  }

  static Dhcp6 reply() {
    return dhcp(7).option(2, hex("00030001"));
  }

  static byte[] duid(MacAddress mac) {
    return new Writer().u16(3).u16(1).raw(mac.bytes()).done();
  }

  static byte[] address(String address, long valid, byte[] options) {
    Writer writer = new Writer().raw(bytes(address)).u32((int) valid).u32((int) valid);
    return option(5, writer.raw(options).done());
  }

  static byte[] option(int code, byte[] value) {
    return new Writer().u16(code).u16(value.length).raw(value).done();
  }

  static byte[] status(int code) {
    return option(13, new Writer().u16(code).raw("why".getBytes(StandardCharsets.UTF_8)).done());
  }

  /** A message with the transaction 0x010203, to be changed at will. */
  static final class Dhcp6 {
    private final Writer options = new Writer();
    private final int type;
    private int transaction = 0x010203;

    Dhcp6(int type) {
      this.type = type;
    }

    Dhcp6 transaction(int other) {
      transaction = other;
      return this;
    }

    Dhcp6 option(int code, byte[] value) {
      options.raw(Frames6.option(code, value));
      return this;
    }

    Dhcp6 raw(byte[] bytes) {
      options.raw(bytes);
      return this;
    }

    /** An IA_NA with an address. */
    Dhcp6 address(String address, long valid) {
      return association(3, Frames6.address(address, valid, new byte[0]));
    }

    Dhcp6 association(int kind, byte[] inner) {
      Writer writer = new Writer().u32(1);
      if (kind == 3) {
        writer.u32(0).u32(0);
      }
      return option(kind, writer.raw(inner).done());
    }

    byte[] done() {
      return new Writer().u32(type << 24 | transaction).raw(options.done()).done();
    }
  }
}
