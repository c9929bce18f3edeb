package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/** Attacks by ARP and by the form of frames; an honest claim is believed after each of them. */
class ArpAttacksTest extends LearningLab {
  private static final int ARP_AT = 14;
  private static final byte[] SNAP = {(byte) 0xaa, (byte) 0xaa, 3, 0, 0, 0};

  private byte[] lie() {
    return announcement(guest, FOREIGN);
  }

  private byte[] changed(int at, int value) {
    byte[] frame = lie();
    frame[ARP_AT + at] = (byte) value;
    return frame;
  }

  private void sends(byte[]... frames) throws Exception {
    learns(guest, "any");
    for (byte[] frame : frames) {
      guest.send(frame);
    }
  }

  @Test
  void claimFromAnotherMacAddress() throws Exception {
    MacAddress self = guest.mac();
    MacAddress another = other.mac();
    sends(
        announcement(other, FOREIGN),
        Frames.arp(Frames.TYPE_ARP, another, 1, self, FOREIGN, NONE, FOREIGN),
        Frames.arp(Frames.TYPE_ARP, self, 1, another, FOREIGN, NONE, FOREIGN),
        Frames.arp(Frames.TYPE_ARP, Frames.BROADCAST, 2, self, FOREIGN, NONE, FOREIGN),
        Frames.arp(
            Frames.TYPE_ARP,
            MacAddress.parse("01:00:5e:00:00:01"),
            2,
            self,
            FOREIGN,
            NONE,
            FOREIGN));
    onlyAnHonestClaimCounts();
  }

  @Test
  void probeIsNoClaim() throws Exception {
    sends(Frames.arp(1, guest.mac(), "0.0.0.0", NONE, FOREIGN));
    onlyAnHonestClaimCounts();
  }

  @Test
  void addressAskedForIsNoClaim() throws Exception {
    learns(guest, "any");
    guest.send(Frames.arp(1, guest.mac(), ADDRESS, NONE, FOREIGN));
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  @Test
  void arpOfAnotherKind() throws Exception {
    sends(
        changed(1, 6),
        changed(2, 0x86),
        changed(4, 8),
        changed(5, 16),
        changed(6, 1),
        changed(7, 0),
        changed(7, 3),
        changed(7, 4),
        changed(7, 9),
        changed(7, 25));
    onlyAnHonestClaimCounts();
  }

  @Test
  void arpThatIsCut() throws Exception {
    sends(Arrays.copyOf(lie(), 14 + 27), Arrays.copyOf(lie(), 14 + 14), Arrays.copyOf(lie(), 15));
    onlyAnHonestClaimCounts();
  }

  @Test
  void reverseArp() throws Exception {
    MacAddress self = guest.mac();
    sends(
        Frames.arp(Frames.TYPE_RARP, self, 3, self, FOREIGN, self, FOREIGN),
        Frames.arp(Frames.TYPE_RARP, self, 4, self, FOREIGN, self, FOREIGN),
        Frames.arp(Frames.TYPE_RARP, self, 1, self, FOREIGN, self, FOREIGN));
    onlyAnHonestClaimCounts();
  }

  @Test
  void twoTags() throws Exception {
    sends(
        Frames.tagged(Frames.tagged(lie(), 7), 9),
        Frames.tagged(Frames.tagged(lie(), 7), 0x88a8, 9),
        Frames.tagged(Frames.tagged(packet(guest, FOREIGN), 7), 0x88a8, 9));
    onlyAnHonestClaimCounts();
  }

  @Test
  void arpAndPacketsInLogicalLinkControl() throws Exception {
    sends(wrapped(lie()), wrapped(packet(guest, FOREIGN)));
    onlyAnHonestClaimCounts();
    assertFalse(lab.leaves(guest, wrapped(packet(guest, FOREIGN))));
  }

  /** The same in a frame of IEEE 802.3 with SNAP (RFC 1042). */
  private static byte[] wrapped(byte[] frame) {
    int length = SNAP.length + frame.length - 12;
    ByteBuffer bytes = ByteBuffer.allocate(14 + length);
    bytes.put(frame, 0, 12).putShort((short) length).put(SNAP);
    return bytes.put(frame, 12, frame.length - 12).array();
  }

  @Test
  void addressThatNoHostHas() throws Exception {
    Lab.ip("address add " + GATEWAY + "/24 dev br0");
    learns(guest, "any");
    List<String> nobodys =
        List.of(
            "0.1.2.3",
            "127.0.0.1",
            "224.0.0.9",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.255",
            "192.0.2.0");
    for (String nobody : nobodys) {
      guest.send(announcement(guest, nobody));
      guest.send(packet(guest, nobody));
    }
    onlyAnHonestClaimCounts();
    for (String nobody : nobodys) {
      assertFalse(lab.leaves(guest, packet(guest, nobody)), nobody);
    }
  }

  @Test
  void addressOfTheBridge() throws Exception {
    Lab.ip("address add " + GATEWAY + "/24 dev br0");
    sends(announcement(guest, GATEWAY), packet(guest, GATEWAY));
    awaitEvent("CONFLICT vnet0 " + GATEWAY);
    onlyAnHonestClaimCounts();
    assertFalse(lab.leaves(guest, announcement(guest, GATEWAY)));
  }

  @Test
  void addressOfTheGatewayThatIsGiven() throws Exception {
    bind(guest, "clean-traffic", "GATEWAY", "192.0.2.254");
    guest.send(announcement(guest, "192.0.2.254"));
    guest.send(packet(guest, "192.0.2.254"));
    awaitEvent("CONFLICT vnet0 192.0.2.254");
    onlyAnHonestClaimCounts();
  }

  @Test
  void addressOfTheRouterThatAnothersLeaseNames() throws Exception {
    learns(other, "dhcp");
    other.send(DhcpFrames.fromClient(other.mac(), DhcpFrames.REQUEST, XID, "192.0.2.8"));
    lab.uplink()
        .send(
            DhcpFrames.message(2, other.mac(), DhcpFrames.ACK, XID)
                .address(16, "192.0.2.8")
                .lease(3600)
                .option(3, "192.0.2.254")
                .option(54, GATEWAY)
                .fromServer(lab.uplink().mac(), GATEWAY));
    awaitBound(other);
    sends(announcement(guest, "192.0.2.254"), packet(guest, "192.0.2.254"));
    awaitEvent("CONFLICT vnet0 192.0.2.254");
    onlyAnHonestClaimCounts();
    assertTrue(lab.leaves(other, packet(other, "192.0.2.8")));
  }

  @Test
  void addressThatAnotherGuestHas() throws Exception {
    learns(other, "any");
    other.send(announcement(other, FOREIGN));
    awaitBound(other);
    sends(lie(), packet(guest, FOREIGN), Frames.arp(2, guest.mac(), FOREIGN, other.mac(), FOREIGN));
    awaitEvent("CONFLICT vnet0 " + FOREIGN);
    onlyAnHonestClaimCounts();
    assertTrue(lab.leaves(other, packet(other, FOREIGN)), "its holder keeps it");
  }

  @Test
  void addressThatABindingGives() throws Exception {
    bind(other, "clean-traffic", "IP", FOREIGN);
    sends(lie(), packet(guest, FOREIGN));
    awaitEvent("CONFLICT vnet0 " + FOREIGN);
    onlyAnHonestClaimCounts();
    assertTrue(lab.leaves(other, packet(other, FOREIGN)), "its holder keeps it");
  }

  @Test
  void addressOfALeaseInModeSavi() throws Exception {
    learns(guest, "savi");
    learns(other, "savi");
    leases(XID, 3600);
    awaitBound(guest);
    other.send(announcement(other, ADDRESS));
    awaitEvent("CONFLICT vnet1 " + ADDRESS);
    onlyItsAddressPasses();
    assertFalse(lab.leaves(other, packet(other, ADDRESS)));
  }

  @Test
  void addressThatSomebodyDefendsInModeSavi() throws Exception {
    learns(guest, "savi");
    guest.send(lie());
    Endpoint uplink = lab.uplink();
    byte[] reply = Frames.arp(2, uplink.mac(), FOREIGN, guest.mac(), FOREIGN);
    System.arraycopy(guest.mac().bytes(), 0, reply, 0, 6);
    uplink.send(reply);
    awaitEvent("CONFLICT vnet0 " + FOREIGN);
    onlyAnHonestClaimCounts();
  }

  @Test
  void addressThatAHostOfTheNetworkAnswersForInModeSavi() throws Exception {
    lab.uplink().command("ip", "address", "add", FOREIGN + "/24", "dev", "eth0").require();
    learns(guest, "savi");
    // It does not ask, so nobody would know: the learner asks in its name.
    guest.send(lie());
    awaitEvent("CONFLICT vnet0 " + FOREIGN);
    onlyAnHonestClaimCounts();
  }

  @Test
  void twoGuestsRaceForOneAddress() throws Exception {
    learns(guest, "any");
    learns(other, "any");
    for (int i = 0; i < 10; i++) {
      guest.send(announcement(guest, ADDRESS));
      other.send(announcement(other, ADDRESS));
    }
    Lab.await("one has it", () -> events.stream().anyMatch(e -> e.startsWith("CONFLICT")));
    boolean first = events.contains("LEARNED vnet0 " + ADDRESS);
    awaitBound(first ? guest : other);
    assertEquals(first, lab.leaves(guest, packet(guest, ADDRESS)));
    assertEquals(!first, lab.leaves(other, packet(other, ADDRESS)));
    Endpoint loser = first ? other : guest;
    loser.send(announcement(loser, "192.0.2.10"));
    awaitBound(loser);
    assertTrue(lab.leaves(loser, packet(loser, "192.0.2.10")));
    assertFalse(lab.leaves(loser, packet(loser, ADDRESS)));
  }

  @Test
  void whatOthersSendInTheGuestsName() throws Exception {
    learns(guest, "any");
    bind(other, "allow-arp");
    other.send(lie());
    other.send(packet(guest, FOREIGN));
    lab.uplink().send(lie());
    lab.uplink().send(packet(guest, FOREIGN));
    onlyAnHonestClaimCounts();
  }

  @Test
  void secondAddressInModeAny() throws Exception {
    learns(guest, "any");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    for (int i = 0; i < 5; i++) {
      guest.send(lie());
      guest.send(packet(guest, FOREIGN));
    }
    onlyItsAddressPasses();
    assertFalse(events.contains("LEARNED vnet0 " + FOREIGN));
  }

  @Test
  void everythingButDhcpWhileLearning() throws Exception {
    learns(guest, "dhcp");
    for (byte[] frame :
        List.of(
            lie(),
            packet(guest, FOREIGN),
            packet(guest, "0.0.0.0"),
            packet6(guest, FOREIGN6),
            Frames.tagged(packet(guest, FOREIGN), 7),
            Frames.ethernet(guest.mac(), Frames.BROADCAST, 0x9000, new byte[50]))) {
      assertFalse(lab.leaves(guest, frame));
    }
    assertTrue(
        lab.leaves(guest, DhcpFrames.fromClient(guest.mac(), DhcpFrames.REQUEST, XID, ADDRESS)));
    leases(XID + 1, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  @Test
  void spoofingBesideALearnedAddress() throws Exception {
    learns(guest, "any");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    byte[] fragment = packet(guest, FOREIGN);
    fragment[20] = 0x20;
    byte[] later = packet(guest, FOREIGN);
    later[20] = 0;
    later[21] = 8;
    MacAddress group = MacAddress.parse("01:00:5e:00:00:09");
    for (byte[] frame :
        List.of(
            packet(guest, FOREIGN),
            fragment,
            later,
            packet(other, ADDRESS),
            Frames.udp(group, Frames.BROADCAST, ADDRESS, GATEWAY),
            Frames.arp(2, guest.mac(), FOREIGN, NONE, GATEWAY),
            Frames.arp(2, other.mac(), ADDRESS, NONE, GATEWAY),
            Frames.tagged(packet(guest, FOREIGN), 7),
            Frames.tagged(Frames.tagged(packet(guest, FOREIGN), 7), 9),
            Frames.tagged(Frames.tagged(packet(guest, FOREIGN), 7), 0x88a8, 9),
            packet6(guest, FOREIGN6))) {
      assertFalse(lab.leaves(guest, frame));
    }
    onlyItsAddressPasses();
  }

  @Test
  void floodOfAnotherGuest() throws Exception {
    learns(guest, "any");
    learns(other, "any");
    for (int i = 0; i < 5000; i++) {
      other.send(announcement(other, "192.0.2." + (100 + i % 100)));
    }
    onlyAnHonestClaimCounts();
  }
}
