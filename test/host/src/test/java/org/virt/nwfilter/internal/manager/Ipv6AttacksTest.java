package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.common.process.Command;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Lab;

/**
 * Attacks by neighbour discovery and the form of IPv6 packets; what the guest honestly has is
 * believed after each of them.
 */
class Ipv6AttacksTest extends Ipv6Lab {

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
    begin6("any");
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
    begin6("dhcp");
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
    begin6("dhcp");
    for (int type : new int[] {133, 134, 137}) {
      guest.send(NeighborFrames.message(guest.mac(), type, SERVER, "ff02::1", FOREIGN6));
    }
    other.send(NeighborFrames.message(other.mac(), 134, SERVER, "ff02::1", FOREIGN6));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void addressThatNoHostHas6() throws Exception {
    begin6("any");
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
    Command.of("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/br0/disable_ipv6").require();
    Lab.ip("address add " + FOREIGN6 + "/64 dev br0 nodad");
    begin6("any");
    guest.send(lie());
    guest.send(packet6(guest, FOREIGN6));
    awaitEvent("CONFLICT vnet0 " + LONG_FOREIGN6);
    onlyAnHonestProbeCounts();
  }

  @Test
  void addressThatSomebodyOfTheNetworkHas() throws Exception {
    begin6("any");
    guest.send(NeighborFrames.probe(guest.mac(), FOREIGN6));
    lab.uplink().send(NeighborFrames.advertisement(lab.uplink().mac(), FOREIGN6));
    awaitEvent("CONFLICT vnet0 " + LONG_FOREIGN6);
    onlyAnHonestProbeCounts();
  }

  @Test
  void liesOfAnotherGuestAgainstAFreeAddress() throws Exception {
    begin6("any");
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
}
