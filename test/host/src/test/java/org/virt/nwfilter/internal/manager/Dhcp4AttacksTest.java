package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/**
 * Answers by DHCP that are not the server's, or to nobody's request; the answer of the real server
 * is believed after each of them.
 */
class Dhcp4AttacksTest extends LearningLab {
  private static final int DISCOVER = 1;
  private static final int INFORM = 8;

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
    forwarding(1);
    try {
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
    } finally {
      forwarding(0);
    }
  }

  private static void forwarding(int on) throws VirtException {
    Command.of("sh", "-c", "echo " + on + " >/proc/sys/net/ipv4/ip_forward").require();
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
}
