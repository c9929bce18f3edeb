package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/**
 * Attacks by DHCP on a guest of mode dhcp and by it; the answer of the real server is believed
 * after each of them.
 */
class Dhcp4AttacksTest extends LearningLab {
  private static final int DISCOVER = 1;
  private static final int DECLINE = 4;
  private static final int NAK = 6;
  private static final int RELEASE = 7;
  private static final int INFORM = 8;
  private static final int MORE_FRAGMENTS = 0x2000;

  private void begin() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    requests(XID);
  }

  private void server(byte[] frame) throws Exception {
    lab.uplink().send(frame);
  }

  private byte[] fromServer(DhcpFrames.Message message) {
    return message.fromServer(lab.uplink().mac(), GATEWAY);
  }

  @Test
  void offerIsNoLease() throws Exception {
    begin();
    server(fromServer(answer(DhcpFrames.OFFER, XID, FOREIGN)));
    other.send(answer(DhcpFrames.OFFER, XID, FOREIGN).fromServer(other.mac(), GATEWAY));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackOfAnotherGuest() throws Exception {
    begin();
    other.send(forged(other));
    onlyTheServersAnswerCounts();
    assertTrue(manager.explain(guest.id()).counters().get("forged") > 0);
  }

  @Test
  void ackOfAnotherGuestFromTheServersMacAddress() throws Exception {
    begin();
    other.send(forged(lab.uplink()));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackOfAnotherGuestWithATag() throws Exception {
    begin();
    other.send(Frames.tagged(forged(other), 7));
    other.send(Frames.tagged(Frames.tagged(forged(other), 7), 0x88a8, 9));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackThatTheGuestSendsItself() throws Exception {
    begin();
    guest.send(forged(guest));
    guest.send(forged(lab.uplink()));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackBeforeTheRequest() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN)));
    requests(XID);
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackOfAnotherTransaction() throws Exception {
    begin();
    server(fromServer(answer(DhcpFrames.ACK, XID + 1, FOREIGN)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackForAnotherHardwareAddress() throws Exception {
    begin();
    server(
        DhcpFrames.message(2, other.mac(), DhcpFrames.ACK, XID)
            .address(16, FOREIGN)
            .lease(3600)
            .option(54, GATEWAY)
            .fromServer(lab.uplink().mac(), GATEWAY));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackForAnotherClientIdentifier() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    guest.send(
        DhcpFrames.message(1, guest.mac(), DhcpFrames.REQUEST, XID)
            .option(50, ADDRESS)
            .option(61, 1, 2, 3)
            .fromClient(guest.mac()));
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN).option(61, 1, 2, 4)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackToADiscover() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    guest.send(DhcpFrames.fromClient(guest.mac(), DISCOVER, XID, ADDRESS));
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN)));
    requests(XID);
    onlyTheServersAnswerCounts();
  }

  @Test
  void answerToAnInform() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    guest.send(DhcpFrames.fromClient(guest.mac(), INFORM, XID, FOREIGN));
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN)));
    requests(XID);
    onlyTheServersAnswerCounts();
  }

  @Test
  void leaseOfNoTimeOrWithoutOne() throws Exception {
    begin();
    DhcpFrames.Message none = DhcpFrames.message(2, guest.mac(), DhcpFrames.ACK, XID);
    server(fromServer(none.address(16, FOREIGN).lease(0)));
    DhcpFrames.Message without = DhcpFrames.message(2, guest.mac(), DhcpFrames.ACK, XID);
    server(fromServer(without.address(16, FOREIGN)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void leaseOfAnAddressThatNoHostHas() throws Exception {
    Lab.ip("address add " + GATEWAY + "/24 dev br0");
    begin();
    List<String> nobodys =
        List.of("0.0.0.0", "127.0.0.1", "224.0.0.9", "240.0.0.1", "255.255.255.255", GATEWAY);
    for (String nobody : nobodys) {
      server(fromServer(answer(DhcpFrames.ACK, XID, nobody)));
    }
    acknowledges(XID, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
    for (String nobody : nobodys.subList(1, nobodys.size())) {
      assertFalse(lab.leaves(guest, packet(guest, nobody)), nobody);
    }
  }

  @Test
  void ackInFragments() throws Exception {
    begin();
    byte[] whole = forged(lab.uplink());
    byte[] packet = Arrays.copyOfRange(whole, 14, whole.length);
    for (int first : new int[] {8, 64, 256}) {
      server(fragment(packet, 0, first, MORE_FRAGMENTS));
      server(fragment(packet, first, packet.length - 20 - first, 0));
      // Overlapping: the same bytes once more, from the beginning.
      server(fragment(packet, 0, packet.length - 20, MORE_FRAGMENTS));
    }
    onlyTheServersAnswerCounts();
  }

  /** A part of a packet's payload as a fragment (RFC 791). */
  private byte[] fragment(byte[] packet, int from, int length, int flags) {
    byte[] part = Arrays.copyOfRange(packet, 20 + from, 20 + from + length);
    byte[] fragment = Frames.ipv4(17, GATEWAY, "255.255.255.255", part);
    fragment[6] = (byte) (flags >>> 8 | from / 8 >>> 8);
    fragment[7] = (byte) (from / 8);
    return Frames.ethernet(
        lab.uplink().mac(), Frames.BROADCAST, Frames.TYPE_IPV4, withChecksum(fragment));
  }

  private static byte[] withChecksum(byte[] packet) {
    packet[10] = 0;
    packet[11] = 0;
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += (packet[i] & 0xff) << 8 | packet[i + 1] & 0xff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    packet[10] = (byte) (~sum >>> 8);
    packet[11] = (byte) ~sum;
    return packet;
  }

  @Test
  void ackThatIsCutOrLongerThanItSays() throws Exception {
    begin();
    byte[] frame = forged(lab.uplink());
    server(Arrays.copyOf(frame, frame.length - 30));
    byte[] shortUdp = frame.clone();
    shortUdp[14 + 20 + 4] = 0;
    shortUdp[14 + 20 + 5] = 100;
    server(shortUdp);
    byte[] longUdp = frame.clone();
    longUdp[14 + 20 + 4] = 0x7f;
    server(longUdp);
    onlyTheServersAnswerCounts();
  }

  @Test
  void optionsThatRunPastTheMessage() throws Exception {
    begin();
    DhcpFrames.Message message = answer(DhcpFrames.ACK, XID, FOREIGN);
    server(fromServer(message.raw(12, 255, 'x')));
    onlyTheServersAnswerCounts();
  }

  @Test
  void optionsThatStandTwice() throws Exception {
    begin();
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN).lease(7200)));
    server(fromServer(answer(DhcpFrames.OFFER, XID, FOREIGN).option(53, DhcpFrames.ACK)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void optionsThatOverloadHides() throws Exception {
    begin();
    // In file a second type: which of the two a client takes nobody knows.
    server(
        fromServer(
            answer(DhcpFrames.OFFER, XID, FOREIGN)
                .option(52, 1)
                .put(108, 53, 1, DhcpFrames.ACK, 255)));
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN).option(52, 3).put(44, 51, 200)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void requestThatIsRelayedOrAnotherClients() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    guest.send(
        DhcpFrames.message(1, guest.mac(), DhcpFrames.REQUEST, XID)
            .address(24, "192.0.2.77")
            .option(50, FOREIGN)
            .fromClient(guest.mac()));
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN)));
    guest.send(
        DhcpFrames.message(1, other.mac(), DhcpFrames.REQUEST, XID + 1)
            .option(50, FOREIGN)
            .fromClient(guest.mac()));
    server(fromServer(answer(DhcpFrames.ACK, XID + 1, FOREIGN)));
    requests(XID + 2);
    acknowledges(XID + 2, 3600);
    awaitBound(guest);
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
    onlyItsAddressPasses();
  }

  @Test
  void floodOfForgedAcks() throws Exception {
    begin();
    for (int i = 0; i < 3000; i++) {
      other.send(answer(DhcpFrames.ACK, i, FOREIGN).fromServer(other.mac(), GATEWAY));
    }
    onlyTheServersAnswerCounts();
  }

  @Test
  void serverThatIsNotGiven() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "dhcp", "DHCPSERVER", GATEWAY);
    requests(XID);
    DhcpFrames.Message another = DhcpFrames.message(2, guest.mac(), DhcpFrames.ACK, XID);
    another.address(16, FOREIGN).lease(3600).option(54, "192.0.2.2");
    server(another.fromServer(lab.uplink().mac(), "192.0.2.2"));
    server(another.fromServer(lab.uplink().mac(), GATEWAY));
    onlyTheServersAnswerCounts();
  }

  @Test
  void ackThatTheHostRoutesAndHoldsBack() throws Exception {
    Lab.ip("address add " + GATEWAY + "/24 dev br0");
    Command.of("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward").require();
    begin();
    byte[] message = answer(DhcpFrames.ACK, XID, FOREIGN).done();
    MacAddress host = lab.links().find(Lab.BRIDGE).orElseThrow().mac();
    // The host asks who has the address, and keeps the packet until somebody says so.
    other.send(Frames.udp(other.mac(), host, "192.0.2.8", 67, ADDRESS, 68, message));
    for (int i = 0; i < 400; i++) {
      other.send(answer(DhcpFrames.ACK, 100 + i, FOREIGN).fromServer(other.mac(), GATEWAY));
    }
    Lab.await("the host asks", () -> neighbours().contains(ADDRESS));
    lab.neighbour(ADDRESS, guest.mac());
    Lab.await("the host hands it on", () -> forgeries() > 0);
    onlyTheServersAnswerCounts();
  }

  private static String neighbours() {
    try {
      return Lab.ip("neighbour show dev br0");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  private long forgeries() {
    try {
      return manager.explain(guest.id()).counters().get("forged");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  // --- the end of a lease -----------------------------------------------------------------------

  private void begins(int seconds) throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    leases(XID, seconds);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  private byte[] givesBack(int type) {
    return DhcpFrames.message(1, guest.mac(), type, 9)
        .address(12, ADDRESS)
        .option(50, ADDRESS)
        .fromClient(guest.mac());
  }

  private void isOverAndCanBeginAgain() throws Exception {
    awaitEvent("EXPIRED vnet0 " + ADDRESS);
    Lab.await("it learns again", () -> learning(guest).name().equals("LEARNING"));
    for (int i = 0; i < 5; i++) {
      guest.send(announcement(guest, ADDRESS));
      assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "given back");
    }
    leases(99, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  @Test
  void useAfterRelease() throws Exception {
    begins(3600);
    guest.send(givesBack(RELEASE));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterReleaseInModeAny() throws Exception {
    learns(guest, "any");
    leases(XID, 3600);
    awaitBound(guest);
    guest.send(givesBack(RELEASE));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterDecline() throws Exception {
    begins(3600);
    guest.send(givesBack(DECLINE));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterNak() throws Exception {
    begins(3600);
    requests(8);
    server(fromServer(DhcpFrames.message(2, guest.mac(), NAK, 8).option(54, GATEWAY)));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterTheLease() throws Exception {
    begins(2);
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterTheLeaseInModeAny() throws Exception {
    learns(guest, "any");
    leases(XID, 1);
    isOverAndCanBeginAgain();
  }

  @Test
  void nakOfAnotherGuest() throws Exception {
    begins(3600);
    requests(8);
    other.send(
        DhcpFrames.message(2, guest.mac(), NAK, 8)
            .option(54, GATEWAY)
            .fromServer(lab.uplink().mac(), GATEWAY));
    other.send(announcement(other, FOREIGN));
    onlyItsAddressPasses();
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
  }

  @Test
  void releaseByAnotherGuest() throws Exception {
    begins(3600);
    other.send(givesBack(RELEASE));
    other.send(
        DhcpFrames.message(1, guest.mac(), RELEASE, 9)
            .address(12, ADDRESS)
            .fromClient(other.mac()));
    onlyItsAddressPasses();
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
  }
}
