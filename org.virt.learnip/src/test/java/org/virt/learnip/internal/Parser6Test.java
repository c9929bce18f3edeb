package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.Frames6.hex;
import static org.virt.learnip.internal.Frames6.ipv6;
import static org.virt.learnip.internal.TestHost.ip;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.learnip.internal.Dhcp6Message.Lease;

class Parser6Test {
  private static final long ASSOCIATION = 3L << 32 | 1;
  private static final int LIMIT = Ipv6Packet.MOST_EXTENSIONS;

  private static Optional<Ipv6Packet> packet(byte[] bytes) {
    return Ipv6Packet.parse(bytes, 0);
  }

  private static Optional<NeighborMessage> neighbor(byte[] bytes) {
    return packet(bytes).flatMap(packet -> NeighborMessage.in(packet, bytes));
  }

  private static Optional<Dhcp6Message> dhcp(byte[] bytes) {
    return Dhcp6Message.parse(bytes, 0, bytes.length);
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  @Test
  void stepsOverExtensionHeaders() {
    byte[] extensions =
        hex(
            "2b00 0000 0000 0000"
                + "3c00 0000 0000 0000"
                + "3301 0000 0000 0000 0000 0000 0000 0000"
                + "3a02 0000 0000 0000 0000 0000 0000 0000");
    Ipv6Packet packet = packet(ipv6("fe80::9", "fe80::1", 0, extensions)).orElseThrow();
    assertEquals(58, packet.protocol());
    assertEquals(Ipv6Packet.HEADER + extensions.length, packet.payload());
    assertFalse(packet.fragment());
  }

  @Test
  void refusesExtensionHeadersThatRunPastThePacketOrAreTooMany() {
    assertEquals(
        Optional.empty(), packet(ipv6("fe80::9", "fe80::1", 0, hex("3a01 0000 0000 0000"))));
    assertEquals(Optional.empty(), packet(ipv6("fe80::9", "fe80::1", 60, hex("3a00 0000"))));
    byte[] chain = new byte[8 * (LIMIT + 1)];
    for (int i = 0; i <= LIMIT; i++) {
      chain[8 * i] = (byte) (i == LIMIT ? 58 : 60);
    }
    assertEquals(Optional.empty(), packet(ipv6("fe80::9", "fe80::1", 60, chain)));
    byte[] fewer = Arrays.copyOf(chain, 8 * LIMIT);
    fewer[8 * (LIMIT - 1)] = 58;
    assertTrue(packet(ipv6("fe80::9", "fe80::1", 60, fewer)).isPresent());
    byte[] cut = Arrays.copyOf(ipv6("fe80::9", "fe80::1", 60, fewer), 44);
    assertEquals(Optional.empty(), packet(cut), "cut in a header");
  }

  @Test
  void refusesIpv6ThatIsShortOrAnotherVersion() {
    byte[] good = Frames6.probe("fe80::9");
    assertEquals(Optional.empty(), packet(Arrays.copyOf(good, 39)));
    assertEquals(Optional.empty(), packet(with(good, 0, 0x45)));
  }

  @Test
  void knowsFragmentsFromPacketsThatOnlyLookLikeThem() {
    byte[] atomic = ipv6("fe80::9", "fe80::1", 44, hex("3a00 0000 0000 0007"));
    assertFalse(packet(atomic).orElseThrow().fragment());
    byte[] first = ipv6("fe80::9", "fe80::1", 44, hex("3a00 0001 0000 0007"));
    assertTrue(packet(first).orElseThrow().fragment());
  }

  @Test
  void readsNeighborMessages() {
    NeighborMessage probe = neighbor(Frames6.probe("fe80::9")).orElseThrow();
    assertEquals(new NeighborMessage(false, ip("fe80::9"), true), probe);
    assertEquals(
        new NeighborMessage(false, ip("fe80::1"), false),
        neighbor(Frames6.solicitation("fe80::9", "fe80::1")).orElseThrow());
    assertEquals(
        new NeighborMessage(true, ip("fe80::9"), false),
        neighbor(Frames6.advertisement("fe80::9", "fe80::9")).orElseThrow());
  }

  @Test
  void refusesNeighborMessagesThatAReceiverRefuses() {
    byte[] good = Frames6.advertisement("fe80::9", "fe80::9");
    assertFalse(neighbor(with(good, 7, 254)).isPresent(), "hop limit");
    assertFalse(neighbor(with(good, 41, 1)).isPresent(), "code");
    assertFalse(neighbor(with(good, 40, 133)).isPresent(), "router solicitation");
    assertFalse(neighbor(with(good, 40, 134)).isPresent(), "router advertisement");
    assertFalse(neighbor(with(good, 48, 0xff)).isPresent(), "multicast target");
    assertFalse(neighbor(with(good, 65, 0)).isPresent(), "option of length 0");
    assertFalse(neighbor(with(good, 65, 2)).isPresent(), "option past the end");
    assertFalse(neighbor(Arrays.copyOf(good, good.length - 1)).isPresent(), "cut");
    assertFalse(neighbor(Frames6.advertisement("::", "fe80::9")).isPresent(), "from nobody");
    assertFalse(
        neighbor(Frames6.solicitation("::", "fe80::9")).isPresent(), "probe with a link address");
    byte[] unicast = Frames6.probe("fe80::9");
    assertFalse(neighbor(with(unicast, 24, 0xfe)).isPresent(), "probe to one host");
    byte[] fragment = new byte[8 + 24];
    fragment[0] = 58;
    fragment[3] = 1;
    assertFalse(neighbor(ipv6("fe80::9", "ff02::1", 44, fragment)).isPresent(), "fragment");
  }

  @Test
  void readsDhcp6Replies() {
    byte[] bytes =
        Frames6.reply()
            .association(3, Frames6.address("2001:db8::9", 120, new byte[0]))
            .association(4, Frames6.address("2001:db8::a", 0xffffffffL, new byte[0]))
            .done();
    Dhcp6Message message = dhcp(bytes).orElseThrow();
    assertEquals(Dhcp6Type.REPLY, message.type());
    assertEquals(0x010203, message.transaction());
    assertEquals(4, message.client().remaining());
    assertEquals(4, message.server().remaining());
    assertEquals(
        List.of(
            new Lease(ASSOCIATION, ip("2001:db8::9"), 120, 0),
            new Lease(4L << 32 | 1, ip("2001:db8::a"), Lease.INFINITE, 0)),
        message.addresses());
  }

  @Test
  void readsStatusOfMessageAssociationAndAddress() {
    byte[] own = Frames6.address("2001:db8::9", 120, Frames6.status(6));
    byte[] without = Frames6.address("2001:db8::a", 120, new byte[0]);
    byte[] inner = new TestFrames.Writer().raw(own).raw(without).raw(Frames6.status(3)).done();
    Dhcp6Message message =
        dhcp(Frames6.reply().association(3, inner).raw(Frames6.status(1)).done()).orElseThrow();
    assertEquals(1, message.status());
    assertEquals(List.of(6, 3), message.addresses().stream().map(Lease::status).toList());
  }

  @Test
  void refusesDhcp6ThatIsUnsound() {
    byte[] good = Frames6.reply().address("2001:db8::9", 120).done();
    assertTrue(dhcp(good).isPresent());
    for (int end = 5; end < good.length; end++) {
      Optional<Dhcp6Message> cut = Dhcp6Message.parse(good, 0, end);
      assertTrue(cut.isEmpty() || cut.get().addresses().isEmpty(), "cut at " + end);
    }
    assertFalse(Dhcp6Message.parse(good, 0, good.length + 1).isPresent(), "past the array");
    assertFalse(dhcp(Frames6.reply().option(1, hex("01")).done()).isPresent(), "two clients");
    assertFalse(dhcp(Frames6.reply().option(2, hex("01")).done()).isPresent(), "two servers");
    assertFalse(dhcp(Frames6.dhcp(1).option(2, new byte[131]).done()).isPresent(), "long DUID");
    assertFalse(dhcp(Frames6.reply().option(14, hex("00")).done()).isPresent(), "rapid commit");
    assertFalse(dhcp(Frames6.reply().option(13, hex("00")).done()).isPresent(), "status");
    assertFalse(dhcp(Frames6.reply().option(3, new byte[11]).done()).isPresent(), "association");
    assertFalse(
        dhcp(Frames6.reply().association(3, Frames6.option(5, new byte[23])).done()).isPresent(),
        "address");
  }

  @Test
  void readsNoRelaysMessage() {
    assertFalse(dhcp(new Frames6.Dhcp6(12).done()).isPresent());
    assertFalse(dhcp(new Frames6.Dhcp6(13).done()).isPresent());
  }

  @Test
  void readsNoMessageWithTooManyAddresses() {
    TestFrames.Writer inner = new TestFrames.Writer();
    for (int i = 0; i <= Dhcp6Options.MOST_ADDRESSES; i++) {
      inner.raw(Frames6.address("2001:db8::" + Integer.toHexString(i + 1), 120, new byte[0]));
    }
    assertFalse(dhcp(Frames6.reply().association(3, inner.done()).done()).isPresent());
  }

  @Test
  void knowsWhichAddressesAHostCanHave() {
    for (String no :
        List.of(
            "::",
            "::1",
            "::192.0.2.1",
            "::ffff:0:192.0.2.1",
            "ff02::1",
            "ff0e::9",
            "64:ff9b::192.0.2.1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "2002:ac1f:1::1",
            "2002:c0a8:101::1",
            "2002:a9fe:1::1",
            "2002:e000:1::1",
            "2002:ffff:ffff::1",
            "2002::1")) {
      assertFalse(Ipv6.canBeHost(ip(no)), no);
    }
    byte[] mapped = hex("0000 0000 0000 0000 0000 ffff c000 0201");
    assertFalse(Ipv6.canBeHost(Ipv6.toAddress(mapped, 0)), "mapped");
    for (String yes : List.of("fe80::9", "2001:db8::1", "fd00::1", "2002:c000:201::1")) {
      assertTrue(Ipv6.canBeHost(ip(yes)), yes);
    }
  }

  @Test
  void makesProbesThatAHolderAnswers() {
    byte[] frame = ProbeFrame.of(TestFrames.GUEST, ip("fe80::9"));
    byte[] packet = Arrays.copyOfRange(frame, 14, frame.length);
    assertEquals(new NeighborMessage(false, ip("fe80::9"), true), neighbor(packet).orElseThrow());
    long sum = 24 + 58;
    for (int i = 8; i < packet.length; i += 2) {
      sum += Bytes.u16(packet, i);
    }
    assertEquals(0xffff, (sum & 0xffff) + (sum >>> 16), "checksum");
    byte[] toAll = ProbeFrame.toAll(TestFrames.GUEST, ip("fe80::12:3456"));
    assertArrayEquals(hex("3333ff123456 525400000001 86dd"), Arrays.copyOf(toAll, 14));
    assertTrue(neighbor(Arrays.copyOfRange(toAll, 14, toAll.length)).orElseThrow().probe());
    byte[] arp = ProbeFrame.of(TestFrames.GUEST, ip("192.0.2.9"));
    ArpMessage probe = ArpMessage.parse(arp, 14).orElseThrow();
    assertTrue(probe.isProbe());
    assertEquals(TestFrames.address("192.0.2.9"), probe.targetAddress());
  }
}
