package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.address;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.dhcp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromGuest;
import static org.virt.learnip.internal.TestFrames.ipv4;
import static org.virt.learnip.internal.TestFrames.request;
import static org.virt.learnip.internal.TestFrames.tag;
import static org.virt.learnip.internal.TestFrames.toGuest;
import static org.virt.learnip.internal.TestFrames.udp;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ParserTest {
  private static final byte[] PACKET = ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8]);

  @Test
  void readsCookedHeader() {
    byte[] bytes = TestFrames.cooked(7, 4, GUEST, CookedFrame.ARP, new byte[3]);
    assertEquals(
        new CookedFrame(7, true, GUEST.value(), CookedFrame.ARP, bytes, 20),
        CookedFrame.parse(bytes).orElseThrow());
  }

  @Test
  void stepsOverTheTagOfAFrameThatTheHostSends() {
    byte[] inner = arp(1, GUEST, "192.0.2.9", "192.0.2.1");
    CookedFrame frame =
        CookedFrame.parse(toGuest(GUEST, CookedFrame.VLAN, tag(CookedFrame.ARP, inner)))
            .orElseThrow();
    assertEquals(CookedFrame.ARP, frame.etherType());
    assertEquals(24, frame.offset());
    byte[] twice = tag(CookedFrame.VLAN, tag(CookedFrame.ARP, inner));
    assertEquals(Optional.empty(), CookedFrame.parse(toGuest(GUEST, CookedFrame.VLAN, twice)));
  }

  @Test
  void refusesAFrameThatCameInWithASecondTag() {
    for (int type : new int[] {CookedFrame.ARP, CookedFrame.IPV4, CookedFrame.IPV6}) {
      byte[] inner =
          switch (type) {
            case CookedFrame.ARP -> arp(1, GUEST, "192.0.2.9", "192.0.2.1");
            case CookedFrame.IPV4 -> PACKET;
            default -> Frames6.ipv6("2001:db8::9", "2001:db8::1", 59, new byte[0]);
          };
      byte[] tagged = tag(type, inner);
      assertEquals(Optional.empty(), CookedFrame.parse(fromGuest(GUEST, CookedFrame.VLAN, tagged)));
      // Kernels from 6.11 on tell the type of what is in the tag.
      assertEquals(Optional.empty(), CookedFrame.parse(fromGuest(GUEST, type, tagged)));
      assertEquals(20, CookedFrame.parse(fromGuest(GUEST, type, inner)).orElseThrow().offset());
    }
  }

  @Test
  void takesNoPacketOf2048BytesForATag() {
    byte[] packet = ipv4("192.0.2.9", "192.0.2.1", 1, new byte[2028]);
    assertEquals(
        20, CookedFrame.parse(fromGuest(GUEST, CookedFrame.IPV4, packet)).orElseThrow().offset());
  }

  @Test
  void refusesCookedHeadersThatAreShortOrNotEthernet() {
    byte[] bytes = fromGuest(GUEST, CookedFrame.ARP, new byte[0]);
    assertEquals(Optional.empty(), CookedFrame.parse(Arrays.copyOf(bytes, 19)));
    assertEquals(0, CookedFrame.index(Arrays.copyOf(bytes, 19)));
    bytes[9] = 2;
    assertEquals(Optional.empty(), CookedFrame.parse(bytes));
  }

  @Test
  void readsArpSender() {
    byte[] bytes = arp(2, GUEST, "192.0.2.9", "192.0.2.1");
    assertEquals(
        new ArpMessage(GUEST.value(), address("192.0.2.9"), address("192.0.2.1")),
        ArpMessage.parse(bytes, 0).orElseThrow());
  }

  @Test
  void refusesArpOfOtherKindsAndCutOnes() {
    byte[] good = arp(1, GUEST, "192.0.2.9", "192.0.2.1");
    assertEquals(Optional.empty(), ArpMessage.parse(Arrays.copyOf(good, 27), 0));
    for (int at : new int[] {1, 2, 4, 5, 6}) {
      byte[] bad = good.clone();
      bad[at]++;
      assertEquals(Optional.empty(), ArpMessage.parse(bad, 0), "byte " + at);
    }
    assertEquals(
        Optional.empty(), ArpMessage.parse(arp(3, GUEST, "192.0.2.9", "192.0.2.1"), 0), "RARP");
  }

  @Test
  void refusesIpv4WhoseLengthsContradict() {
    byte[] good = ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8]);
    assertTrue(Ipv4Packet.parse(good, 0).isPresent());
    assertEquals(Optional.empty(), Ipv4Packet.parse(Arrays.copyOf(good, 19), 0));
    assertEquals(Optional.empty(), Ipv4Packet.parse(with(good, 0, 0x65), 0), "version 6");
    assertEquals(Optional.empty(), Ipv4Packet.parse(with(good, 0, 0x44), 0), "header of 16 bytes");
    assertEquals(
        Optional.empty(), Ipv4Packet.parse(with(good, 0, 0x4f), 0), "header longer than packet");
    assertEquals(
        Optional.empty(), Ipv4Packet.parse(with(good, 3, 19), 0), "total shorter than header");
  }

  @Test
  void findsDhcpOnlyInWholeUnfragmentedDatagrams() {
    byte[] good = fromClient(request("192.0.2.9").done());
    assertTrue(datagram(good).isPresent());
    assertFalse(datagram(Arrays.copyOf(good, good.length - 1)).isPresent(), "cut");
    assertFalse(datagram(with(good, 6, 0x20)).isPresent(), "first fragment");
    assertFalse(datagram(with(good, 7, 1)).isPresent(), "later fragment");
    assertFalse(datagram(with(good, 9, 6)).isPresent(), "TCP");
    assertFalse(datagram(with(good, 21, 69)).isPresent(), "another source port");
    assertFalse(datagram(with(good, 24, 9)).isPresent(), "UDP longer than packet");
    assertFalse(datagram(with(with(good, 24, 0), 25, 100)).isPresent(), "UDP shorter than DHCP");
    assertFalse(
        datagram(ipv4("0.0.0.0", "255.255.255.255", 17, new byte[7])).isPresent(),
        "short UDP header");
    assertFalse(
        datagram(ipv4("192.0.2.1", "192.0.2.2", 17, udp(67, 67, new byte[300]))).isPresent());
  }

  private static Optional<DhcpDatagram> datagram(byte[] packet) {
    return Ipv4Packet.parse(packet, 0).flatMap(header -> DhcpDatagram.in(header, packet));
  }

  @Test
  void readsDhcpFields() {
    byte[] bytes =
        dhcp(2, DhcpType.ACK)
            .clientAddress("192.0.2.3")
            .yourAddress("192.0.2.4")
            .relay("192.0.2.5")
            .option(51, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff)
            .option(54, "192.0.2.6")
            .option(61, (byte) 1, (byte) 2)
            .done();
    DhcpMessage message = parse(bytes).orElseThrow();
    assertTrue(message.reply());
    assertEquals(0x01020304, message.transaction());
    assertEquals(address("192.0.2.3"), message.clientAddress());
    assertEquals(address("192.0.2.4"), message.yourAddress());
    assertEquals(address("192.0.2.5"), message.relay());
    assertEquals(GUEST.value(), message.clientMac());
    assertEquals(Optional.of(DhcpType.ACK), message.options().type());
    assertEquals(OptionalLong.of(DhcpOptions.INFINITE), message.options().lease());
    assertEquals(OptionalInt.of(address("192.0.2.6")), message.options().server());
    assertEquals(OptionalInt.empty(), message.options().requested());
    assertArrayEquals(new byte[] {1, 2}, message.options().clientId());
    assertFalse(message.options().rapidCommit());
  }

  @Test
  void readsOptionsBehindPadding() {
    byte[] bytes =
        dhcp(1, null).raw(0, 0, 0).option(53, (byte) 3).raw(0).option(50, "192.0.2.9").done();
    assertEquals(Optional.of(DhcpType.REQUEST), parse(bytes).orElseThrow().options().type());
    assertEquals(
        OptionalInt.of(address("192.0.2.9")), parse(bytes).orElseThrow().options().requested());
  }

  @Test
  void readsNothingBehindTheEnd() {
    byte[] bytes = dhcp(1, null).raw(255).option(53, (byte) 3).done();
    assertEquals(Optional.empty(), parse(bytes).orElseThrow().options().type());
  }

  @Test
  void readsOverloadedFileAndServerName() {
    byte[] bytes =
        dhcp(2, null)
            .option(52, (byte) 3)
            .put(108, (byte) 53, (byte) 1, (byte) 5, (byte) 255)
            .put(44, (byte) 51, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 9, (byte) 255)
            .done();
    DhcpOptions options = parse(bytes).orElseThrow().options();
    assertEquals(Optional.of(DhcpType.ACK), options.type());
    assertEquals(OptionalLong.of(9), options.lease());
  }

  @Test
  void doesNotReadFileWithoutOverload() {
    byte[] bytes = dhcp(2, null).put(108, (byte) 53, (byte) 1, (byte) 5, (byte) 255).done();
    assertEquals(Optional.empty(), parse(bytes).orElseThrow().options().type());
  }

  @Test
  void refusesOptionThatRunsPastItsField() {
    byte[] file = dhcp(2, null).option(52, (byte) 1).put(234, (byte) 61, (byte) 2).done();
    assertEquals(Optional.empty(), parse(file));
    assertEquals(Optional.empty(), parse(dhcp(1, DhcpType.REQUEST).raw(61, 9).withoutEnd().done()));
    assertEquals(Optional.empty(), parse(dhcp(1, DhcpType.REQUEST).raw(61).withoutEnd().done()));
  }

  @Test
  void readsMessageWithoutEnd() {
    assertTrue(parse(dhcp(1, DhcpType.REQUEST).withoutEnd().done()).isPresent());
  }

  @Test
  void refusesOptionsThatStandTwiceOrHaveAnotherLength() {
    assertEquals(Optional.empty(), parse(dhcp(2, DhcpType.ACK).option(53, (byte) 2).done()));
    assertEquals(Optional.empty(), parse(dhcp(2, DhcpType.ACK).option(51, (byte) 2).done()));
    assertEquals(Optional.empty(), parse(dhcp(2, DhcpType.ACK).option(54, new byte[5]).done()));
    assertEquals(Optional.empty(), parse(dhcp(2, DhcpType.ACK).option(50, new byte[0]).done()));
  }

  @Test
  void refusesDhcpOfOtherKinds() {
    byte[] good = request("192.0.2.9").done();
    assertTrue(parse(good).isPresent());
    for (int at : new int[] {1, 2, 236, 239}) {
      assertEquals(Optional.empty(), parse(with(good, at, 77)), "byte " + at);
    }
    assertEquals(Optional.empty(), parse(with(good, 0, 3)), "operation");
    assertEquals(Optional.empty(), DhcpMessage.parse(good, 0, 239));
    assertEquals(Optional.empty(), DhcpMessage.parse(good, 0, good.length + 1));
  }

  @Test
  void knowsWhichAddressesAHostCanHave() {
    for (String no :
        new String[] {
          "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"
        }) {
      assertFalse(Ipv4.canBeHost(address(no)), no);
    }
    for (String yes :
        new String[] {"1.0.0.1", "126.1.1.1", "169.254.3.4", "192.0.2.1", "223.255.255.254"}) {
      assertTrue(Ipv4.canBeHost(address(yes)), yes);
    }
  }

  private static Optional<DhcpMessage> parse(byte[] bytes) {
    return DhcpMessage.parse(bytes, 0, bytes.length);
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }
}
