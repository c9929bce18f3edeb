package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.UPLINK;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.ipv4;
import static org.virt.learnip.internal.TestFrames.request;
import static org.virt.learnip.internal.TestHost.ip;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest.Mode;

/** Whose an address is that two guests use. */
class HoldersTest extends TwoPorts {
  @Test
  void leavesAnAddressWithItsFirstHolder() {
    start(first(Mode.ANY), other(Mode.ANY));
    announces(PORT, GUEST);
    announces(SECOND_PORT, OTHER);
    announces(SECOND_PORT, OTHER);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
    assertEquals(List.of(), second.lines());
    assertEquals(List.of("192.0.2.9 ARP HELD"), second.refusals());
  }

  @Test
  void leavesAnAddressWithThePortThatItIsGivenTo() {
    Terms given = other(Mode.NONE);
    given.held.put(ip(ADDRESS), Optional.empty());
    given.held.put(ip(ADDRESS6), Optional.empty());
    start(first(Mode.SAVI), given);
    announces(PORT, GUEST);
    advertises(PORT, GUEST);
    host.pass(Duration.ofSeconds(3));
    assertEquals(List.of(), sink.lines());
    assertEquals(List.of(), host.probes);
    assertEquals(List.of("192.0.2.9 ARP HELD", LONG6 + " ND HELD"), sink.refusals());
  }

  @Test
  void leavesALeaseWithItsHolderWhoeverClaimsIt() {
    start(first(Mode.SAVI), other(Mode.SAVI));
    asks();
    arrives(UPLINK, SERVER, ACK);
    announces(SECOND_PORT, OTHER);
    host.pass(Duration.ofSeconds(3));
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
    assertEquals(List.of(), host.probes);
    assertEquals(List.of("192.0.2.9 ARP HELD"), second.refusals());
  }

  @Test
  void freesAnAddressWhenItsPortGoes() {
    start(first(Mode.ANY), other(Mode.ANY));
    announces(PORT, GUEST);
    port.close();
    host.ports.remove(port);
    announces(SECOND_PORT, OTHER);
    assertEquals(List.of("+192.0.2.9 ARP"), second.lines());
  }

  @Test
  void freesALeaseWhenItEnds() {
    start(first(Mode.ANY), other(Mode.ANY));
    asks();
    arrives(UPLINK, SERVER, ACK);
    host.pass(Duration.ofSeconds(121));
    announces(PORT, GUEST);
    announces(SECOND_PORT, OTHER);
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
    assertEquals(List.of("+192.0.2.9 ARP"), second.lines());
  }

  @Test
  void learnsNoLeaseThatIsOverFromUse() {
    for (Mode mode : List.of(Mode.ANY, Mode.SAVI)) {
      TestHost fresh = new TestHost();
      RecordingSink lines = new RecordingSink();
      fresh.add(first(mode), lines);
      byte[] ping = ipv4(ADDRESS, "192.0.2.200", 1, new byte[8]);
      fresh.frame(
          TestFrames.fromGuest(GUEST, CookedFrame.IPV4, fromClient(request(ADDRESS).done())));
      fresh.answer(CookedFrame.IPV4, ACK);
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.IPV4, ping));
      for (int seconds = 0; seconds < 119 + 60; seconds++) {
        fresh.pass(Duration.ofSeconds(1));
        fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.IPV4, ping));
        fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, ADDRESS)));
      }
      assertEquals(List.of("+192.0.2.9 DHCP 120s"), lines.lines(), mode.name());
    }
  }

  @Test
  void learnsNothingThatWasGivenBackFromUse() {
    for (Mode mode : List.of(Mode.ANY, Mode.SAVI)) {
      TestHost fresh = new TestHost();
      RecordingSink lines = new RecordingSink();
      fresh.add(first(mode), lines);
      byte[] ping = ipv4(ADDRESS, "192.0.2.200", 1, new byte[8]);
      fresh.frame(
          TestFrames.fromGuest(GUEST, CookedFrame.IPV4, fromClient(request(ADDRESS).done())));
      fresh.answer(CookedFrame.IPV4, ACK);
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.IPV4, ping));
      byte[] release =
          fromClient(TestFrames.dhcp(1, DhcpType.RELEASE).clientAddress(ADDRESS).done());
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.IPV4, release));
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.IPV4, ping));
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.ARP, arp(2, GUEST, ADDRESS, ADDRESS)));
      fresh.pass(Duration.ofSeconds(30));
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.IPV4, ping));
      fresh.pass(CHECK);
      assertEquals(List.of("+192.0.2.9 DHCP 120s", "-192.0.2.9"), lines.lines(), mode.name());
      // A fixed address some day may be the one that was a lease once.
      fresh.pass(PortAddresses.GIVEN_BACK);
      fresh.frame(TestFrames.fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, ADDRESS)));
      fresh.pass(CHECK);
      assertEquals(List.of("+192.0.2.9 DHCP 120s", "-192.0.2.9", "+192.0.2.9 ARP"), lines.lines());
    }
  }

  @Test
  void asksTheHolderAndLeavesItsAddressWhenItAnswers() {
    start(first(Mode.ANY), other(Mode.ANY));
    advertises(PORT, GUEST);
    advertises(SECOND_PORT, OTHER);
    host.pass(Duration.ofMillis(101));
    assertEquals(List.of("vnet7 " + LONG6), host.probes);
    advertises(PORT, GUEST);
    host.pass(Duration.ofSeconds(3));
    assertEquals(List.of("+" + LONG6 + " ND"), sink.lines());
    assertEquals(List.of(), second.lines());
    assertEquals(List.of(LONG6 + " ND HELD"), second.refusals());
  }

  @Test
  void movesAnAddressWhoseHolderIsSilent() {
    start(first(Mode.ANY), other(Mode.ANY));
    advertises(PORT, GUEST);
    advertises(SECOND_PORT, OTHER);
    host.pass(Duration.ofSeconds(2));
    assertEquals(2, host.probes.size());
    assertEquals(List.of("+" + LONG6 + " ND", "-" + LONG6), sink.lines());
    assertEquals(List.of("+" + LONG6 + " ND"), second.lines());
  }

  @Test
  void believesAHolderThatAnswersInAFlood() {
    start(first(Mode.ANY), other(Mode.ANY));
    advertises(PORT, GUEST);
    advertises(SECOND_PORT, OTHER);
    for (int i = 0; i < 100; i++) {
      host.frame(
          TestFrames.cooked(
              PORT, 0, GUEST, CookedFrame.IPV4, ipv4(ADDRESS, "192.0.2.1", 1, new byte[8])));
    }
    host.pass(Duration.ofMillis(150));
    for (int i = 0; i < 5; i++) {
      host.frame(
          TestFrames.cooked(
              PORT, 0, GUEST, CookedFrame.IPV6, Frames6.advertisement(ADDRESS6, ADDRESS6)));
    }
    host.pass(Duration.ofSeconds(3));
    assertEquals(List.of(), second.lines());
  }

  @Test
  void takesNoOtherGuestsWordAgainstAnAddress() {
    start(first(Mode.ANY), other(Mode.NONE));
    sends(PORT, GUEST, CookedFrame.IPV6, Frames6.probe(ADDRESS6));
    byte[] lie = Frames6.advertisement(ADDRESS6, ADDRESS6);
    host.frame(TestFrames.toGuest(OTHER, CookedFrame.IPV6, lie));
    host.pass(CHECK);
    assertEquals(List.of("+" + LONG6 + " ND"), sink.lines());
  }

  // mode savi

  @Test
  void asksTheNetworkInTheNameOfAGuestThatHasNotInModeSavi() {
    start(first(Mode.SAVI), other(Mode.ANY));
    announces(PORT, GUEST);
    announces(PORT, GUEST);
    advertises(PORT, GUEST);
    assertEquals(List.of("3 for vnet7 192.0.2.9", "3 for vnet7 " + LONG6), host.asked, "each once");
    sends(PORT, GUEST, CookedFrame.ARP, arp(1, GUEST, "0.0.0.0", "192.0.2.10"));
    sends(PORT, GUEST, CookedFrame.IPV6, Frames6.probe("2001:db8::a"));
    assertEquals(2, host.asked.size(), "it has asked itself");
  }

  @Test
  void bindsAnAnnouncementAfterTheCheckInModeSavi() {
    start(first(Mode.SAVI), other(Mode.ANY));
    announces(PORT, GUEST);
    assertEquals(List.of(), sink.lines());
    host.pass(CHECK);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }

  @Test
  void bindsAnAnnouncementAtOnceAfterAProbeThatNobodyAnswered() {
    start(first(Mode.SAVI), other(Mode.ANY));
    sends(PORT, GUEST, CookedFrame.ARP, arp(1, GUEST, "0.0.0.0", ADDRESS));
    host.pass(CHECK);
    assertEquals(List.of(), sink.lines());
    announces(PORT, GUEST);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }

  @Test
  void bindsNothingThatAReplyDefendsInModeSavi() {
    start(first(Mode.SAVI), other(Mode.ANY));
    announces(PORT, GUEST);
    byte[] reply = arp(2, SERVER, ADDRESS, ADDRESS);
    host.frame(TestFrames.toGuest(SERVER, CookedFrame.ARP, reply));
    host.pass(Duration.ofSeconds(1));
    assertEquals(List.of(), sink.lines());
    assertEquals(List.of("192.0.2.9 ARP DEFENDED"), sink.refusals());
  }

  @Test
  void bindsNothingByAPacketInModeSaviButWhatThePortHad() {
    start(first(Mode.SAVI), other(Mode.ANY));
    byte[] ping = ipv4(ADDRESS, "192.0.2.1", 1, new byte[8]);
    sends(PORT, GUEST, CookedFrame.IPV4, ping);
    host.pass(Duration.ofSeconds(1));
    assertEquals(List.of(), sink.lines());
    announces(PORT, GUEST);
    host.pass(CHECK);
    // The guest is silent for long: its address is gone, and a packet recovers it.
    host.pass(SaviTimers.STANDARD.valid().plusSeconds(1));
    assertEquals(List.of("+192.0.2.9 ARP", "-192.0.2.9"), sink.lines());
    assertTrue(host.wants(port).contains(Want.IPV4));
    sends(PORT, GUEST, CookedFrame.IPV4, ping);
    host.pass(CHECK);
    assertEquals(List.of("+192.0.2.9 ARP", "-192.0.2.9", "+192.0.2.9 IP"), sink.lines());
    assertFalse(host.wants(port).contains(Want.IPV4));
  }

  @Test
  void keepsWhatAGuestAnswersForInModeSavi() {
    start(first(Mode.SAVI), other(Mode.ANY));
    announces(PORT, GUEST);
    host.pass(CHECK);
    host.pass(SaviTimers.STANDARD.valid().minusMillis(600));
    assertEquals(List.of(), host.probes);
    host.pass(Duration.ofMillis(750));
    assertEquals(List.of("vnet7 192.0.2.9"), host.probes);
    announces(PORT, GUEST);
    host.pass(Duration.ofSeconds(10));
    assertEquals(1, host.probes.size());
    assertFalse(sink.lines().contains("-192.0.2.9"));
  }

  @Test
  void checksOnlySoManyAddressesAtATime() {
    start(first(Mode.SAVI), other(Mode.ANY));
    for (int i = 1; i <= SeenBelief.MOST_CHECKS + 1; i++) {
      String address = "192.0.2." + (100 + i);
      host.frame(TestFrames.fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, address, address)));
    }
    assertEquals(List.of("192.0.2.117 ARP LIMIT"), sink.refusals());
  }

  // what is known from before

  @Test
  void beginsWithWhatThePortHas() {
    Terms terms = first(Mode.ANY);
    terms.held.put(ip(ADDRESS), Optional.of(Duration.ofSeconds(60)));
    start(terms, other(Mode.ANY));
    assertFalse(host.wants(port).contains(Want.ARP));
    announces(SECOND_PORT, OTHER);
    assertEquals(List.of("192.0.2.9 ARP HELD"), second.refusals());
    host.pass(Duration.ofSeconds(61));
    announces(PORT, GUEST);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }
}
