package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.BRIDGE;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.UPLINK;
import static org.virt.learnip.internal.TestFrames.ack;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.ipv4;
import static org.virt.learnip.internal.TestHost.ip;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnTerms.Guest;

/** Two ports of a bridge, and what one guest can do to the other. */
class NeighboursTest extends TwoPorts {
  // who is a DHCP server

  @Test
  void believesNoAckThatAnotherGuestSends() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    arrives(SECOND_PORT, OTHER, ACK);
    assertEquals(List.of(), sink.lines());
    assertEquals(1L, port.diary().counters().get("forged"));
    arrives(UPLINK, SERVER, ACK);
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void believesNoAckThatAnotherGuestSendsFromTheServersMacAddress() {
    start(first(Mode.DHCP), other(Mode.ANY));
    asks();
    arrives(SECOND_PORT, SERVER, ACK);
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void believesNoAckOfWhichNobodyKnowsWhereItCameFrom() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, ACK));
    assertEquals(List.of(), sink.lines());
    arrives(UPLINK, SERVER, ACK);
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void believesNoAnswerThatIsNotTheOneThatCameIn() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    host.frame(TestFrames.cooked(UPLINK, 0, SERVER, CookedFrame.IPV4, ACK));
    byte[] forged = fromServer(ack("192.0.2.66", 120).done());
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, forged));
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void believesNoAckThatCameInLongAgo() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    host.frame(TestFrames.cooked(UPLINK, 0, SERVER, CookedFrame.IPV4, ACK));
    host.pass(ServerAnswers.AGE.plusMillis(1));
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, ACK));
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void believesTheHostsOwnServer() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    host.frame(TestFrames.cooked(BRIDGE, 4, SERVER, CookedFrame.IPV4, ACK));
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, ACK));
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void believesNoAckOfAGuestThatTheHostHandsOn() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    host.frame(TestFrames.cooked(SECOND_PORT, 0, OTHER, CookedFrame.IPV4, ACK));
    host.frame(TestFrames.cooked(BRIDGE, 4, SERVER, CookedFrame.IPV4, ACK));
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, ACK));
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void believesNoAckOfAGuestThatTheHostForwardsLater() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    byte[] routed =
        ipv4(
            "192.0.2.8", ADDRESS, DhcpDatagram.UDP, TestFrames.udp(67, 68, ack(ADDRESS, 9).done()));
    host.frame(TestFrames.cooked(SECOND_PORT, 0, OTHER, CookedFrame.IPV4, routed));
    // The host asked for the receiver's MAC address meanwhile, who took his time.
    host.pass(ServerAnswers.AGE.plusMillis(500));
    host.frame(TestFrames.cooked(BRIDGE, 4, SERVER, CookedFrame.IPV4, routed));
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, routed));
    assertEquals(List.of(), sink.lines());
    assertEquals(1L, port.diary().counters().get("forged"));
  }

  @Test
  void believesNoAckOfAGuestThatASwitchSendsBack() {
    Terms tap = other(Mode.NONE);
    tap.linkDevice = Optional.of(new PortId("eth0"));
    start(first(Mode.DHCP), tap);
    asks();
    host.frame(TestFrames.cooked(SECOND_PORT, 4, OTHER, CookedFrame.IPV4, ACK));
    arrives(TestFrames.DEVICE, SERVER, ACK);
    assertEquals(List.of(), sink.lines());
    host.pass(ServerAnswers.AGE.plusMillis(1));
    arrives(TestFrames.DEVICE, SERVER, ACK);
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void believesNoAckOfAGuestThatTheBridgeOrAnotherPortGetsACopyOf() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    for (int i = 0; i < 2; i++) {
      host.frame(TestFrames.cooked(SECOND_PORT, 0, OTHER, CookedFrame.IPV4, ACK));
      host.frame(TestFrames.cooked(UPLINK, 4, OTHER, CookedFrame.IPV4, ACK));
      host.frame(TestFrames.cooked(BRIDGE, 0, OTHER, CookedFrame.IPV4, ACK));
      host.frame(TestFrames.cooked(99, 0, OTHER, CookedFrame.IPV4, ACK));
      host.frame(TestFrames.toGuest(OTHER, CookedFrame.IPV4, ACK));
    }
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void believesAGuestThatMayBeAServer() {
    Terms server = other(Mode.NONE);
    server.guest = Guest.DHCP_SERVER;
    start(first(Mode.DHCP), server);
    asks();
    arrives(SECOND_PORT, OTHER, ACK);
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void remembersServersAnswersThoughAGuestFloodsWithItsOwn() {
    start(first(Mode.DHCP), other(Mode.NONE));
    asks();
    host.frame(TestFrames.cooked(UPLINK, 0, SERVER, CookedFrame.IPV4, ACK));
    for (int i = 0; i < 10 * ServerAnswers.LIMIT; i++) {
      byte[] forged = fromServer(ack("192.0.2.66", 120).transaction(i).done());
      host.frame(TestFrames.cooked(SECOND_PORT, 0, OTHER, CookedFrame.IPV4, forged));
    }
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.IPV4, ACK));
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  // gateways

  @Test
  void learnsNoGateway() {
    Terms terms = first(Mode.ANY);
    terms.gateways.add(ip("192.0.2.254"));
    start(terms, other(Mode.ANY));
    host.bridge.add(ip("192.0.2.1"));
    host.bridge.add(ip("fe80::1"));
    for (String gateway : List.of("192.0.2.254", "192.0.2.1")) {
      sends(PORT, GUEST, CookedFrame.ARP, arp(2, GUEST, gateway, ADDRESS));
    }
    sends(PORT, GUEST, CookedFrame.IPV6, Frames6.advertisement("fe80::1", "fe80::1"));
    assertEquals(List.of(), sink.lines());
    assertEquals(
        List.of(
            "192.0.2.254 ARP GATEWAY", "192.0.2.1 ARP GATEWAY", "fe80:0:0:0:0:0:0:1 ND GATEWAY"),
        sink.refusals());
  }

  @Test
  void learnsNoRouterThatALeaseNames() {
    start(first(Mode.SAVI), other(Mode.ANY));
    asks();
    arrives(UPLINK, SERVER, fromServer(ack(ADDRESS, 120).option(3, "192.0.2.200").done()));
    sends(PORT, GUEST, CookedFrame.ARP, arp(2, GUEST, "192.0.2.200", ADDRESS));
    host.pass(Duration.ofSeconds(1));
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
    assertEquals(List.of("192.0.2.200 ARP GATEWAY"), sink.refusals());
  }

  @Test
  void learnsNoRouterThatTheLeaseOfAnotherNames() {
    start(first(Mode.DHCP), other(Mode.ANY));
    asks();
    arrives(UPLINK, SERVER, fromServer(ack(ADDRESS, 120).option(3, "192.0.2.200").done()));
    sends(SECOND_PORT, OTHER, CookedFrame.ARP, arp(2, OTHER, "192.0.2.200", ADDRESS));
    sends(SECOND_PORT, OTHER, CookedFrame.IPV4, ipv4("192.0.2.200", ADDRESS, 1, new byte[8]));
    assertEquals(List.of(), second.lines());
    assertEquals(List.of("192.0.2.200 ARP GATEWAY"), second.refusals());
    sends(SECOND_PORT, OTHER, CookedFrame.ARP, arp(2, OTHER, "192.0.2.201", ADDRESS));
    assertEquals(List.of("+192.0.2.201 ARP"), second.lines());
  }

  @Test
  void letsAGuestThatServesOthersBeTheirRouter() {
    Terms server = other(Mode.ANY);
    server.guest = Guest.DHCP_SERVER;
    start(first(Mode.DHCP), server);
    asks();
    arrives(UPLINK, SERVER, fromServer(ack(ADDRESS, 120).option(3, "192.0.2.200").done()));
    sends(SECOND_PORT, OTHER, CookedFrame.ARP, arp(2, OTHER, "192.0.2.200", ADDRESS));
    assertEquals(List.of("+192.0.2.200 ARP"), second.lines());
  }

  @Test
  void learnsNoAddressOfTheNetworkThatNoHostHas() {
    start(first(Mode.DHCP), other(Mode.ANY));
    asks();
    byte[] mask = {-1, -1, -1, -16};
    arrives(
        UPLINK,
        SERVER,
        fromServer(ack(ADDRESS, 120).option(1, mask).option(28, "192.0.2.77").done()));
    // Of the bridge's network, of the lease's, and what the server says.
    for (String nobody :
        List.of("192.0.2.255", "192.0.2.0", "192.0.2.15", "192.0.2.77", "255.255.255.255")) {
      sends(SECOND_PORT, OTHER, CookedFrame.ARP, arp(1, OTHER, nobody, nobody));
      sends(SECOND_PORT, OTHER, CookedFrame.IPV4, ipv4(nobody, ADDRESS, 1, new byte[8]));
    }
    assertEquals(List.of(), second.lines());
    announces(SECOND_PORT, OTHER);
    assertEquals("192.0.2.9 ARP HELD", second.refusals().get(5));
    sends(SECOND_PORT, OTHER, CookedFrame.ARP, arp(1, OTHER, "192.0.2.16", ADDRESS));
    assertEquals(List.of("+192.0.2.16 ARP"), second.lines());
  }

  @Test
  void believesNoLeaseOfTheBridgesAddress() {
    start(first(Mode.DHCP), other(Mode.ANY));
    host.bridge.add(ip(ADDRESS));
    asks();
    arrives(UPLINK, SERVER, ACK);
    assertEquals(List.of(), sink.lines());
    assertEquals(List.of("192.0.2.9 DHCP GATEWAY"), sink.refusals());
  }

  // mode approve

  @Test
  void letsAnAddressWaitUntilItIsApproved() {
    start(first(Mode.APPROVE), other(Mode.ANY));
    announces(PORT, GUEST);
    assertEquals(List.of(), sink.lines());
    assertEquals(List.of("192.0.2.9 ARP WAITING"), sink.refusals());
    assertEquals(Set.of(ip(ADDRESS)), host.ports.waiting(port));
    assertFalse(host.ports.approve(port, ip("192.0.2.10")));
    assertTrue(host.ports.approve(port, ip(ADDRESS)));
    assertFalse(host.ports.approve(port, ip(ADDRESS)));
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }

  @Test
  void approvesALeaseForTheRestOfItsTimeAndItsRenewals() {
    start(first(Mode.APPROVE), other(Mode.ANY));
    asks();
    arrives(UPLINK, SERVER, ACK);
    host.pass(Duration.ofSeconds(20));
    assertTrue(host.ports.approve(port, ip(ADDRESS)));
    asks();
    arrives(UPLINK, SERVER, ACK);
    assertEquals(List.of("+192.0.2.9 DHCP 100s", "+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void forgetsALeaseThatEndsWhileItWaits() {
    start(first(Mode.APPROVE), other(Mode.ANY));
    asks();
    arrives(UPLINK, SERVER, ACK);
    host.pass(Duration.ofSeconds(121));
    assertFalse(host.ports.approve(port, ip(ADDRESS)));
    assertEquals(List.of(), sink.lines());
  }

  // the diary

  @Test
  void saysWhyAPacketWasBelievedOrNot() {
    start(first(Mode.DHCP), other(Mode.NONE));
    announces(PORT, GUEST);
    asks();
    arrives(SECOND_PORT, OTHER, ACK);
    arrives(UPLINK, SERVER, ACK);
    List<String> lines =
        port.diary().packets().stream().map(p -> p.what() + ": " + p.verdict()).toList();
    assertEquals(
        List.of(
            "ARP from 192.0.2.9, from the guest, of 52:54:00:00:00:01:"
                + " ignored: only DHCP is believed here",
            "DHCP REQUEST, from the guest, of 52:54:00:00:00:01: its answer is waited for",
            "DHCP ACK of 192.0.2.9, towards the guest, of 52:54:00:00:00:02:"
                + " ignored: it was not seen to come from where servers are",
            "DHCP ACK of 192.0.2.9, towards the guest, of 52:54:00:00:00:fe:"
                + " learned 192.0.2.9 for 120 s"),
        lines);
    assertEquals(4L, port.diary().counters().get("seen"));
    assertEquals(1L, port.diary().counters().get("believed"));
  }

  @Test
  void keepsTheLastPacketsOnly() {
    start(first(Mode.DHCP), other(Mode.NONE));
    for (int i = 0; i < 2 * Diary.LENGTH; i++) {
      announces(PORT, GUEST);
    }
    assertEquals(Diary.LENGTH, port.diary().packets().size());
  }
}
