package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/**
 * Attacks by neighbour discovery, DHCPv6 and the form of IPv6 packets; what the guest honestly has
 * is believed after each of them.
 */
class Ipv6AttacksTest extends LearningLab {
  private static final String LONG6 = "2001:db8:0:0:0:0:0:9";
  private static final String LONG_FOREIGN6 = "2001:db8:0:0:0:0:0:66";
  private static final String CLIENT = "fe80::9";
  private static final String SERVER = "fe80::1";
  private static final String ALL_SERVERS = "ff02::1:2";
  private static final int REQUEST6 = 3;
  private static final int REPLY6 = 7;
  private static final int RELEASE6 = 8;
  private static final String ONLY6 =
      """
      <filter name='only6'>
        <rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule>
        <rule action='drop' direction='out'><mac/></rule>
      </filter>
      """;

  private void begin(String mode) throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6", "CTRL_IP_LEARNING", mode);
    bind(other, "allow-arp");
  }

  private byte[] lie() {
    return NeighborFrames.advertisement(guest.mac(), FOREIGN6);
  }

  private void onlyItsAddress6Passes() throws Exception {
    assertTrue(lab.leaves(guest, packet6(guest, ADDRESS6)), "honest packet");
    assertTrue(lab.leaves(guest, NeighborFrames.advertisement(guest.mac(), ADDRESS6)));
    assertFalse(lab.leaves(guest, packet6(guest, FOREIGN6)), "foreign packet");
    assertFalse(lab.leaves(guest, lie()), "foreign advertisement");
  }

  /** An honest probe is believed after the check, and no lie before it. */
  private void onlyAnHonestProbeCounts() throws Exception {
    guest.send(NeighborFrames.probe(guest.mac(), ADDRESS6));
    awaitBound(guest);
    awaitEvent("LEARNED vnet0 " + LONG6);
    assertEquals(1, events.stream().filter(event -> event.startsWith("LEARNED")).count());
    onlyItsAddress6Passes();
  }

  @Test
  void advertisementOfAForeignFrameOrOfAForm() throws Exception {
    begin("any");
    byte[] hops = lie();
    hops[14 + 7] = 64;
    byte[] code = lie();
    code[14 + 40 + 1] = 1;
    byte[] options = lie();
    options[14 + 40 + 24 + 1] = 0;
    byte[] multicast = NeighborFrames.advertisement(guest.mac(), "ff02::66");
    for (byte[] frame : List.of(hops, code, options, multicast)) {
      // From an address of its own it would be learned as one: from nobody it is not.
      System.arraycopy(new byte[16], 0, frame, 14 + 8, 16);
      guest.send(frame);
    }
    guest.send(NeighborFrames.advertisement(other.mac(), FOREIGN6));
    onlyAnHonestProbeCounts();
  }

  @Test
  void advertisementInAFragment() throws Exception {
    begin("dhcp");
    byte[] whole = NeighborFrames.advertisement(guest.mac(), "fe80::66");
    ByteBuffer fragment = ByteBuffer.allocate(whole.length + 8);
    fragment.put(whole, 0, 14 + 40).put((byte) 58).put((byte) 0).putShort((short) 1).putInt(9);
    fragment.put(whole, 14 + 40, whole.length - 14 - 40);
    byte[] frame = fragment.array();
    frame[14 + 6] = 44;
    frame[14 + 5] = (byte) (frame[14 + 5] + 8);
    guest.send(frame);
    leases6();
    assertFalse(events.contains("LEARNED vnet0 fe80:0:0:0:0:0:0:66"));
    onlyItsAddress6Passes();
  }

  @Test
  void routerAdvertisementsAndRedirects() throws Exception {
    begin("dhcp");
    for (int type : new int[] {133, 134, 137}) {
      guest.send(NeighborFrames.message(guest.mac(), type, SERVER, "ff02::1", FOREIGN6));
    }
    other.send(NeighborFrames.message(other.mac(), 134, SERVER, "ff02::1", FOREIGN6));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void addressThatNoHostHas6() throws Exception {
    begin("any");
    List<String> nobodys =
        List.of("::1", "ff02::9", "::192.0.2.1", "64:ff9b::c000:201", "2002:7f00:1::1", "::");
    for (String nobody : nobodys) {
      guest.send(packet6(guest, nobody));
      guest.send(NeighborFrames.probe(guest.mac(), nobody));
    }
    byte[] mapped = packet6(guest, FOREIGN6);
    byte[] prefix = HexFormat.of().parseHex("00000000000000000000ffffc0000209");
    System.arraycopy(prefix, 0, mapped, 14 + 8, 16);
    guest.send(mapped);
    onlyAnHonestProbeCounts();
    for (String nobody : nobodys) {
      assertFalse(lab.leaves(guest, packet6(guest, nobody)), nobody);
    }
    assertFalse(lab.leaves(guest, mapped));
  }

  @Test
  void addressOfTheBridge6() throws Exception {
    Lab.ip("link set br0 addrgenmode none");
    org.virt.common.process.Command.of(
            "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/br0/disable_ipv6")
        .require();
    Lab.ip("address add " + FOREIGN6 + "/64 dev br0 nodad");
    begin("any");
    guest.send(lie());
    guest.send(packet6(guest, FOREIGN6));
    awaitEvent("CONFLICT vnet0 " + LONG_FOREIGN6);
    onlyAnHonestProbeCounts();
  }

  @Test
  void addressThatSomebodyOfTheNetworkHas() throws Exception {
    begin("any");
    guest.send(NeighborFrames.probe(guest.mac(), FOREIGN6));
    lab.uplink().send(NeighborFrames.advertisement(lab.uplink().mac(), FOREIGN6));
    awaitEvent("CONFLICT vnet0 " + LONG_FOREIGN6);
    onlyAnHonestProbeCounts();
  }

  @Test
  void liesOfAnotherGuestAgainstAFreeAddress() throws Exception {
    begin("any");
    guest.send(NeighborFrames.probe(guest.mac(), ADDRESS6));
    other.send(NeighborFrames.advertisement(other.mac(), ADDRESS6));
    awaitBound(guest);
    onlyItsAddress6Passes();
  }

  @Test
  void moreAddressesThanAllowed() throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6", "CTRL_IP_LIMIT", "2");
    for (int i = 0; i < 20; i++) {
      guest.send(NeighborFrames.advertisement(guest.mac(), "2001:db8::1:" + i));
    }
    awaitBound(guest);
    Lab.await("the rest is refused", () -> events.stream().anyMatch(e -> e.startsWith("REFUSED")));
    Lab.await("two are learned", () -> manager.addresses().size() == 2);
    assertTrue(lab.leaves(guest, packet6(guest, "2001:db8::1:0")));
    assertTrue(lab.leaves(guest, packet6(guest, "2001:db8::1:1")));
    assertFalse(lab.leaves(guest, packet6(guest, "2001:db8::1:2")));
  }

  // --- DHCPv6 -----------------------------------------------------------------------------------

  private static byte[] option(int code, byte[] value) {
    ByteBuffer option = ByteBuffer.allocate(4 + value.length);
    return option.putShort((short) code).putShort((short) value.length).put(value).array();
  }

  private static byte[] joined(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    Arrays.stream(parts).forEach(all::put);
    return all.array();
  }

  /** A message with the guest's identity and an address of an IA_NA. */
  private byte[] message6(int type, int transaction, String address, byte... client)
      throws Exception {
    byte[] inner =
        ByteBuffer.allocate(24)
            .put(InetAddress.getByName(address).getAddress())
            .putInt(600)
            .putInt(600)
            .array();
    byte[] association = joined(new byte[12], option(5, inner));
    byte[] head = ByteBuffer.allocate(4).putInt(type << 24 | transaction).array();
    byte[] server = type == REPLY6 ? option(2, new byte[] {0, 3, 0, 1}) : new byte[0];
    return joined(head, option(1, client), server, option(3, association));
  }

  private byte[] request6(int type, int transaction, String address) throws Exception {
    byte[] message = message6(type, transaction, address, (byte) 1, (byte) 2);
    return NeighborFrames.dhcp(guest.mac(), CLIENT, 546, ALL_SERVERS, 547, message);
  }

  /** A server's reply, to all, for it is sent to guests whose MAC address the bridge forgets. */
  private byte[] reply6(Endpoint from, int transaction, String address) throws Exception {
    byte[] message = message6(REPLY6, transaction, address, (byte) 1, (byte) 2);
    return toGuest(NeighborFrames.dhcp(from.mac(), SERVER, 547, CLIENT, 546, message));
  }

  private byte[] toGuest(byte[] frame) {
    System.arraycopy(guest.mac().bytes(), 0, frame, 0, 6);
    return frame;
  }

  private void leases6() throws Exception {
    guest.send(request6(REQUEST6, 99, ADDRESS6));
    lab.uplink().send(reply6(lab.uplink(), 99, ADDRESS6));
    awaitEvent("LEARNED vnet0 " + LONG6);
    awaitBound(guest);
    assertFalse(events.contains("LEARNED vnet0 " + LONG_FOREIGN6), events::toString);
  }

  @Test
  void repliesThatNoServerOfTheNetworkSends() throws Exception {
    begin("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    other.send(reply6(other, 7, FOREIGN6));
    other.send(reply6(lab.uplink(), 7, FOREIGN6));
    guest.send(reply6(guest, 7, FOREIGN6));
    other.send(Frames.tagged(reply6(other, 7, FOREIGN6), 7));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void repliesToOthersRequests() throws Exception {
    begin("dhcp");
    lab.uplink().send(reply6(lab.uplink(), 7, FOREIGN6));
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    lab.uplink().send(reply6(lab.uplink(), 8, FOREIGN6));
    byte[] another = message6(REPLY6, 7, FOREIGN6, (byte) 9);
    lab.uplink()
        .send(toGuest(NeighborFrames.dhcp(lab.uplink().mac(), SERVER, 547, CLIENT, 546, another)));
    byte[] advertise = message6(2, 7, FOREIGN6, (byte) 1, (byte) 2);
    lab.uplink()
        .send(
            toGuest(NeighborFrames.dhcp(lab.uplink().mac(), SERVER, 547, CLIENT, 546, advertise)));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void serverThatIsNotGiven6() throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6", "CTRL_IP_LEARNING", "dhcp", "DHCPSERVERV6", SERVER);
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    byte[] reply = message6(REPLY6, 7, FOREIGN6, (byte) 1, (byte) 2);
    lab.uplink()
        .send(toGuest(NeighborFrames.dhcp(lab.uplink().mac(), "fe80::2", 547, CLIENT, 546, reply)));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void messagesThatAreUnsound6() throws Exception {
    begin("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    byte[] sound = message6(REPLY6, 7, FOREIGN6, (byte) 1, (byte) 2);
    byte[] past = sound.clone();
    past[past.length - 24 - 1] = 127;
    byte[] twice = joined(sound, option(1, new byte[] {1, 2}));
    for (byte[] message :
        List.of(past, twice, Arrays.copyOf(sound, sound.length - 3), Arrays.copyOf(sound, 5))) {
      lab.uplink()
          .send(
              toGuest(NeighborFrames.dhcp(lab.uplink().mac(), SERVER, 547, CLIENT, 546, message)));
    }
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void replyBehindExtensionHeadersOrInAFragment() throws Exception {
    begin("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    byte[] plain = reply6(lab.uplink(), 7, FOREIGN6);
    for (int header : new int[] {0, 44, 60}) {
      ByteBuffer hidden = ByteBuffer.allocate(plain.length + 8);
      hidden.put(plain, 0, 54).put((byte) 17).put((byte) 0);
      hidden.putShort((short) (header == 44 ? 1 : 0x0104)).putInt(0);
      byte[] frame = hidden.put(plain, 54, plain.length - 54).array();
      frame[14 + 6] = (byte) header;
      ByteBuffer.wrap(frame).putShort(14 + 4, (short) (frame.length - 54));
      lab.uplink().send(frame);
    }
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void useAfterRelease6() throws Exception {
    begin("dhcp");
    leases6();
    guest.send(request6(RELEASE6, 9, ADDRESS6));
    awaitEvent("EXPIRED vnet0 " + LONG6);
    Lab.await("it learns again", () -> learning(guest).name().equals("LEARNING"));
    for (int i = 0; i < 5; i++) {
      guest.send(NeighborFrames.advertisement(guest.mac(), ADDRESS6));
      assertFalse(lab.leaves(guest, packet6(guest, ADDRESS6)));
    }
    leases6();
    awaitBound(guest);
    onlyItsAddress6Passes();
  }
}
