package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/**
 * What a guest with clean-traffic may try to get past its rules, and what may happen to its port.
 */
class EvasionTest extends TechniquesLab {
  private static final int HEADER = 14;
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:65:43:21");
  private static final MacAddress NONE = new MacAddress(0);

  /** As the example of formatnwfilter: what is wrong is dropped, the rest accepted. */
  private static final String NO_ARP_SPOOFING =
      "<filter name='example' chain='arp'>"
          + "<rule action='drop' direction='out'><arp match='no' arpsrcmacaddr='$MAC'/></rule>"
          + "<rule action='drop' direction='out'><arp match='no' arpsrcipaddr='$IP'/></rule>"
          + "<rule action='accept' direction='inout'><arp opcode='Request'/></rule>"
          + "<rule action='accept' direction='inout'><arp opcode='Reply'/></rule>"
          + "<rule action='drop' direction='inout'/></filter>";

  private void bind(Kind kind, String filter) throws VirtException {
    add(kind);
    port.bind(filter);
  }

  private MacAddress mac() {
    return port.guest().mac();
  }

  private byte[] udp(String source) {
    return Frames.udp(mac(), Frames.BROADCAST, source, PortLab.GATEWAY);
  }

  private byte[] arp(MacAddress sender, String source) {
    return Frames.arp(Frames.TYPE_ARP, mac(), 1, sender, source, NONE, PortLab.GATEWAY);
  }

  private byte[] frame(int type, byte[]... payload) {
    return Frames.ethernet(mac(), Frames.BROADCAST, type, join(payload));
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    Arrays.stream(parts).forEach(all::put);
    return all.array();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] payload(byte[] frame) {
    return Arrays.copyOfRange(frame, HEADER, frame.length);
  }

  /** Returns the frame with bytes of its payload replaced. */
  private static byte[] with(byte[] frame, int offset, int... values) {
    byte[] changed = frame.clone();
    System.arraycopy(bytes(values), 0, changed, HEADER + offset, values.length);
    return changed;
  }

  private Map<String, byte[]> hidden() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    byte[] packet6 = Frames.ipv6(mac(), Frames.BROADCAST, "fd00::9", "fd00::1", 17, new byte[8]);
    Map<String, byte[]> packets =
        Map.of(
            "ip", udp(PortLab.ADDRESS),
            "spoofed ip", udp(PortLab.FOREIGN),
            "arp", arp(mac(), PortLab.ADDRESS),
            "spoofed arp", arp(mac(), PortLab.FOREIGN),
            "ipv6", packet6);
    packets.forEach((name, packet) -> encapsulated(name, packet).forEach(all::put));
    all.put("spoofed ip", packets.get("spoofed ip"));
    all.put("spoofed arp", packets.get("spoofed arp"));
    all.put("ipv6", packet6);
    all.put("ipv6 with hop-by-hop options", extended(0, 17));
    all.put("ipv6 neighbour advertisement behind options", extended(60, 58));
    all.put("ipv6 fragment", extended(44, 58));
    arpOfOtherKinds(all);
    brokenIp(all);
    for (int type : List.of(0x88cc, 0x888e, 0x8808, 0x8809, 0x88b5, 0x88f7, 0x9000)) {
      all.put("type " + Integer.toHexString(type), frame(type, new byte[46]));
    }
    return all;
  }

  private Map<String, byte[]> encapsulated(String name, byte[] packet) {
    Map<String, byte[]> all = new LinkedHashMap<>();
    byte[] type = Arrays.copyOfRange(packet, 12, HEADER);
    byte[] inner = payload(packet);
    byte[] snap = join(bytes(0xaa, 0xaa, 3, 0, 0, 0), type, inner);
    byte[] bridged = join(bytes(0xaa, 0xaa, 3, 0, 0, 0xf8), type, inner);
    all.put(name + " in SNAP", frame(snap.length, snap));
    all.put(name + " in SNAP of 802.1H", frame(bridged.length, bridged));
    all.put(name + " in SNAP behind a tag", Frames.tagged(frame(snap.length, snap), 5));
    byte[] llc = join(bytes(6, 6, 3), inner);
    all.put(name + " in LLC", frame(llc.length, llc));
    for (int tag : List.of(0x8100, 0x88a8, 0x9100)) {
      String text = name + " behind " + Integer.toHexString(tag);
      all.put(text, Frames.tagged(packet, tag, 5));
      all.put(text + " of no VLAN", Frames.tagged(packet, tag, 0));
      all.put(text + " and 8100", Frames.tagged(Frames.tagged(packet, 0x8100, 0), tag, 0));
      all.put(text + " and 88a8", Frames.tagged(Frames.tagged(packet, 0x88a8, 6), tag, 5));
    }
    byte[] session = bytes(0x11, 0, 0, 7, 0, inner.length + 2, 0, 0x21);
    all.put(name + " in PPPoE", frame(0x8864, session, inner));
    all.put(name + " in PPPoE discovery", frame(0x8863, session, inner));
    all.put(name + " in MPLS", frame(0x8847, bytes(0, 1, 1, 0x40), inner));
    all.put(name + " in another Ethernet frame", frame(0x6558, packet));
    all.put(name + " in a provider's backbone", frame(0x88e7, bytes(0, 0, 0, 1), packet));
    all.put(name + " as if of no length", frame(0, inner));
    all.put(name + " as if of the smallest type", frame(0x600, inner));
    return all;
  }

  private byte[] extended(int header, int next) {
    byte[] payload = join(bytes(next, 0, 0, 0, 0, 0, 0, 0), bytes(0x88, 0, 0, 0), new byte[24]);
    return Frames.ipv6(mac(), Frames.BROADCAST, "fd00::9", "fd00::1", header, payload);
  }

  private void arpOfOtherKinds(Map<String, byte[]> all) {
    for (String source : List.of(PortLab.ADDRESS, PortLab.FOREIGN)) {
      byte[] packet = arp(mac(), source);
      String name = "arp of " + source;
      all.put(name + " for hardware 6", with(packet, 0, 0, 6));
      all.put(name + " for IPv6", with(packet, 2, 0x86, 0xdd));
      all.put(name + " with long MAC addresses", with(packet, 4, 8));
      all.put(name + " with long IP addresses", with(packet, 5, 16));
    }
    all.put("arp of another MAC address", arp(OTHER, PortLab.ADDRESS));
    all.put("arp of no IP address", arp(mac(), "0.0.0.0"));
  }

  private void brokenIp(Map<String, byte[]> all) {
    byte[] packet = udp(PortLab.FOREIGN);
    all.put("spoofed ip with a short header", with(packet, 0, 0x44));
    all.put("spoofed ip without header", with(packet, 0, 0x40));
    all.put("spoofed ip of version 6", with(packet, 0, 0x65));
    all.put("spoofed ip with options that are not there", with(packet, 0, 0x4f));
    all.put("spoofed ip, longer than it is", with(packet, 2, 0xff, 0xff));
    all.put("spoofed ip, later fragment", with(packet, 6, 0, 9));
  }

  @ParameterizedTest
  @EnumSource
  void letsNothingThroughThatHidesAPacket(Kind kind) throws Exception {
    Map<String, byte[]> frames = hidden();
    bind(kind, "clean-traffic");
    port.assertFiltered();
    assertTrue(port.lab.leaves(port.guest(), arp(mac(), PortLab.ADDRESS)));
    TreeSet<String> passed = new TreeSet<>();
    for (Map.Entry<String, byte[]> frame : frames.entrySet()) {
      if (port.lab.leaves(port.guest(), frame.getValue())) {
        passed.add(frame.getKey());
      }
    }
    assertEquals(new TreeSet<>(), passed);
  }

  /** Filters that let packets of the guest's protocols pass, and nothing else. */
  private static List<String> allowing() {
    String rest = "<filterref filter='no-other-l2-traffic'/></filter>";
    String returning =
        "<rule action='return' direction='inout'><%s/></rule>"
            + "<rule action='return' direction='inout'><arp/></rule>";
    return List.of(
        "<filter name='allowing'><filterref filter='clean-traffic'/></filter>",
        "<filter name='allowing'><filterref filter='allow-ipv4'/>"
            + "<filterref filter='allow-ipv6'/><filterref filter='allow-arp'/>"
            + rest,
        "<filter name='allowing'>" + returning.formatted("ip") + rest,
        "<filter name='allowing'>" + returning.formatted("mac protocolid='ipv4'") + rest);
  }

  @ParameterizedTest
  @EnumSource
  void letsNoTagOpenAWay(Kind kind) throws Exception {
    port.manager.define(allowing().get(0));
    bind(kind, "allowing");
    MacAddress router = port.lab.uplink().mac();
    byte[] answer = Frames.udp(router, mac(), PortLab.GATEWAY, PortLab.ADDRESS);
    byte[] request = Frames.arp(1, router, PortLab.GATEWAY, NONE, PortLab.ADDRESS);
    for (String filter : allowing()) {
      port.manager.define(filter);
      for (byte[] frame : List.of(udp(PortLab.ADDRESS), arp(mac(), PortLab.ADDRESS))) {
        assertTrue(port.lab.leaves(port.guest(), frame), filter);
        assertFalse(port.lab.leaves(port.guest(), Frames.tagged(frame, 0)), filter);
        assertFalse(port.lab.leaves(port.guest(), Frames.tagged(frame, 7)), filter);
        assertFalse(port.lab.leaves(port.guest(), Frames.tagged(frame, 0x88a8, 7)), filter);
      }
      for (byte[] frame : List.of(answer, request)) {
        assertTrue(port.lab.reaches(port.guest(), frame), filter);
        assertFalse(port.lab.reaches(port.guest(), Frames.tagged(frame, 7)), filter);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void dropsForgedArpWhateverItsHardware(Kind kind) throws Exception {
    port.manager.define(NO_ARP_SPOOFING);
    bind(kind, "example");
    assertTrue(leavesArp(1, mac(), PortLab.ADDRESS));
    for (int hardware : new int[] {1, 6, 7, 0}) {
      assertFalse(leavesArp(hardware, OTHER, PortLab.ADDRESS), "hardware " + hardware);
      assertFalse(leavesArp(hardware, mac(), PortLab.FOREIGN), "hardware " + hardware);
    }
  }

  private boolean leavesArp(int hardware, MacAddress sender, String source) throws IOException {
    return port.lab.leaves(port.guest(), with(arp(sender, source), 0, 0, hardware));
  }

  @ParameterizedTest
  @EnumSource
  void keepsItsRulesWhateverHappensToThePort(Kind kind) throws Exception {
    bind(kind, "clean-traffic");
    Lab.ip("link add br1 up type bridge");
    try (Traffic traffic = Traffic.guarded(port)) {
      for (String change :
          List.of(
              "link set vnet0 down",
              "link set vnet0 name other0",
              "link set other0 up",
              "link set other0 down",
              "link set other0 name vnet0",
              "link set vnet0 up",
              "link set vnet0 address 02:00:00:00:00:07",
              "link set vnet0 mtu 1400",
              "link set vnet0 group 0",
              "link set vnet0 nomaster",
              "link set vnet0 master br1",
              "link set vnet0 up",
              "link set vnet0 nomaster",
              "link set vnet0 master br0",
              "link set vnet0 up")) {
        Lab.ip(change);
        traffic.awaitMore();
      }
      port.awaitInForce(kind.title);
      traffic.awaitHonest();
      traffic.endWithNothingSpoofed();
    } finally {
      Lab.ip("link delete br1");
    }
    port.assertFiltered();
  }
}
