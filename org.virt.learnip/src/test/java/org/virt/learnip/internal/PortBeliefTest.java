package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.UPLINK;
import static org.virt.learnip.internal.TestFrames.ack;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.dhcp;
import static org.virt.learnip.internal.TestFrames.discover;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.ipv4;
import static org.virt.learnip.internal.TestFrames.request;
import static org.virt.learnip.internal.TestFrames.tag;
import static org.virt.learnip.internal.TestFrames.udp;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.learnip.internal.TestFrames.Dhcp;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnTerms;

class PortBeliefTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final String ADDRESS = "192.0.2.9";
  private static final String LEARNED = "+192.0.2.9 DHCP 120s";

  private final RecordingSink sink = new RecordingSink();
  private TestHost host = new TestHost();
  private LearningPort port = start(new Terms(Mode.DHCP));

  private LearningPort start(Terms terms) {
    host = new TestHost();
    return host.add(terms, sink);
  }

  private void any() {
    port = start(new Terms(Mode.ANY));
  }

  /** No test here is about the rate of frames. */
  private void guest(MacAddress source, int type, byte[] payload) {
    host.now += SECOND;
    host.frame(TestFrames.fromGuest(source, type, payload));
  }

  private void asks(Dhcp message) {
    guest(GUEST, CookedFrame.IPV4, fromClient(message.done()));
  }

  /** Comes from the network and goes to the guest. */
  private void toGuest(MacAddress source, byte[] packet) {
    host.now += SECOND;
    host.frame(TestFrames.cooked(UPLINK, 0, source, CookedFrame.IPV4, packet));
    host.frame(TestFrames.toGuest(source, CookedFrame.IPV4, packet));
  }

  private void answers(Dhcp message) {
    toGuest(SERVER, fromServer(message.done()));
  }

  private void told(String... lines) {
    assertEquals(List.of(lines), sink.lines());
  }

  // DHCP

  @Test
  void believesAckToARequestOfThePort() {
    asks(discover());
    answers(dhcp(2, DhcpType.OFFER).yourAddress(ADDRESS).option(51, new byte[] {0, 0, 0, 120}));
    told();
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    told(LEARNED);
  }

  @Test
  void tellsRenewalsAndLeasesWithoutEnd() {
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    asks(dhcp(1, DhcpType.REQUEST).clientAddress(ADDRESS).transaction(9));
    answers(ack(ADDRESS, 0xffffffffL).transaction(9));
    told(LEARNED, "+192.0.2.9 DHCP");
  }

  @Test
  void believesNoAckWithoutRequest() {
    answers(ack(ADDRESS, 120));
    told();
  }

  @Test
  void believesNoAckToADiscoverWithoutRapidCommit() {
    asks(discover());
    answers(ack(ADDRESS, 120));
    told();
    asks(discover().transaction(9).option(80));
    answers(ack(ADDRESS, 120).transaction(9).option(80));
    told(LEARNED);
  }

  @Test
  void believesNoAckOfAnotherTransactionOrClient() {
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120).transaction(5));
    answers(ack(ADDRESS, 120).client(OTHER));
    told();
  }

  @Test
  void believesNoAckThatNamesAnotherClientId() {
    asks(request(ADDRESS).option(61, (byte) 1));
    answers(ack(ADDRESS, 120).option(61, (byte) 2));
    told();
    answers(ack(ADDRESS, 120).option(61, (byte) 1));
    told(LEARNED);
  }

  @Test
  void believesNoAckThatTheGuestSends() {
    asks(request(ADDRESS));
    guest(GUEST, CookedFrame.IPV4, fromServer(ack(ADDRESS, 120).done()));
    guest(GUEST, CookedFrame.IPV4, fromClient(ack(ADDRESS, 120).done()));
    toGuest(GUEST, fromServer(ack(ADDRESS, 120).done()));
    told();
  }

  @Test
  void believesNoAckInAClientsOrCutDatagram() {
    asks(request(ADDRESS));
    byte[] ack = ack(ADDRESS, 120).done();
    toGuest(SERVER, fromClient(ack));
    toGuest(SERVER, ipv4("192.0.2.1", "255.255.255.255", 17, udp(67, 67, ack)));
    toGuest(SERVER, ipv4("192.0.2.1", "255.255.255.255", 17, udp(1067, 68, ack)));
    byte[] fragment = fromServer(ack);
    fragment[6] = 0x20;
    toGuest(SERVER, fragment);
    told();
  }

  @Test
  void believesNoAckToAnInformOrWithoutLease() {
    asks(dhcp(1, DhcpType.INFORM).clientAddress(ADDRESS));
    answers(ack(ADDRESS, -1));
    answers(ack(ADDRESS, 120));
    told();
    asks(request(ADDRESS).transaction(9));
    answers(ack(ADDRESS, -1).transaction(9));
    answers(ack(ADDRESS, 0).transaction(9));
    told();
  }

  @Test
  void believesNoAckOfAnAddressThatNoHostHas() {
    asks(request(ADDRESS));
    for (String address :
        List.of("0.0.0.0", "127.0.0.1", "224.0.0.5", "255.255.255.255", "250.1.1.1")) {
      answers(ack(address, 120));
    }
    told();
  }

  @Test
  void forgetsRequestsThatAreOldOrTooMany() {
    asks(request(ADDRESS));
    host.now += SaviTimers.STANDARD.exchange().toNanos() + 1;
    answers(ack(ADDRESS, 120));
    told();
    asks(request(ADDRESS));
    for (int i = 0; i < DhcpExchanges.LIMIT; i++) {
      asks(request(ADDRESS).transaction(100 + i));
    }
    answers(ack(ADDRESS, 120));
    told();
    answers(ack(ADDRESS, 120).transaction(100));
    told(LEARNED);
  }

  @Test
  void ignoresRequestsOfOthersAndRelayedOnes() {
    asks(request(ADDRESS).client(OTHER));
    asks(request(ADDRESS).relay("192.0.2.3"));
    guest(OTHER, CookedFrame.IPV4, fromClient(request(ADDRESS).done()));
    answers(ack(ADDRESS, 120));
    told();
  }

  @Test
  void believesOnlyTheGivenServers() {
    Terms terms = new Terms(Mode.DHCP);
    terms.servers.add(TestHost.ip("192.0.2.250"));
    port = start(terms);
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    Dhcp named = dhcp(2, DhcpType.ACK).yourAddress(ADDRESS).option(51, new byte[] {0, 0, 0, 120});
    named.option(54, "192.0.2.250");
    answers(named);
    told();
    answers(named.relay("192.0.2.1"));
    told(LEARNED);
  }

  @Test
  void believesAGivenServerByItsSourceToo() {
    Terms terms = new Terms(Mode.DHCP);
    terms.servers.add(TestHost.ip("192.0.2.1"));
    port = start(terms);
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    told(LEARNED);
  }

  @Test
  void takesBackWhatWasReleasedDeclinedOrRefused() {
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    asks(dhcp(1, DhcpType.RELEASE).clientAddress(ADDRESS));
    asks(request(ADDRESS).transaction(2));
    answers(ack(ADDRESS, 120).transaction(2));
    asks(dhcp(1, DhcpType.DECLINE).option(50, ADDRESS));
    asks(request(ADDRESS).transaction(3));
    answers(ack(ADDRESS, 120).transaction(3));
    asks(request(ADDRESS).transaction(4));
    answers(dhcp(2, DhcpType.NAK).transaction(4));
    told(LEARNED, "-192.0.2.9", LEARNED, "-192.0.2.9", LEARNED, "-192.0.2.9");
  }

  @Test
  void tellsReleaseOfWhatWasLearnedBeforeItsTime() {
    asks(dhcp(1, DhcpType.RELEASE).clientAddress(ADDRESS));
    told("-192.0.2.9");
  }

  @Test
  void tellsNoReleaseForOthersOrOfNothing() {
    asks(dhcp(1, DhcpType.RELEASE).clientAddress(ADDRESS).client(OTHER));
    guest(
        OTHER,
        CookedFrame.IPV4,
        fromClient(dhcp(1, DhcpType.RELEASE).clientAddress(ADDRESS).done()));
    toGuest(SERVER, fromClient(dhcp(1, DhcpType.RELEASE).clientAddress(ADDRESS).done()));
    asks(dhcp(1, DhcpType.RELEASE));
    answers(dhcp(2, DhcpType.NAK));
    asks(request(ADDRESS));
    answers(dhcp(2, DhcpType.NAK).transaction(77));
    told();
  }

  @Test
  void holdsSeveralLeasesUpToALimitInModeDhcp() {
    for (int i = 1; i <= LearnTerms.LIMIT4 + 1; i++) {
      asks(request("192.0.2." + i));
      answers(ack("192.0.2." + i, 120));
    }
    assertEquals(LearnTerms.LIMIT4, sink.lines().size());
    host.now += Duration.ofSeconds(121).toNanos();
    asks(request("192.0.2.99"));
    answers(ack("192.0.2.99", 120));
    assertEquals("+192.0.2.99 DHCP 120s", sink.lines().get(LearnTerms.LIMIT4));
  }

  @Test
  void learnsNothingButDhcpInModeDhcp() {
    guest(GUEST, CookedFrame.ARP, arp(2, GUEST, ADDRESS, ADDRESS));
    guest(GUEST, CookedFrame.IPV4, ipv4(ADDRESS, "192.0.2.1", 1, new byte[8]));
    told();
  }

  // ARP and the first packet

  @Test
  void believesTheSenderOfArpAndNeverTheTarget() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    told("+192.0.2.9 ARP");
  }

  @Test
  void believesAnnouncementsAndReplies() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, ADDRESS));
    told("+192.0.2.9 ARP");
    any();
    guest(GUEST, CookedFrame.ARP, arp(2, GUEST, ADDRESS, "192.0.2.1"));
    told("+192.0.2.9 ARP", "+192.0.2.9 ARP");
  }

  @Test
  void learnsNothingFromAProbe() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "0.0.0.0", ADDRESS));
    told();
  }

  @Test
  void learnsNothingFromArpWhoseAddressesDisagree() {
    any();
    guest(OTHER, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    guest(GUEST, CookedFrame.ARP, arp(1, OTHER, ADDRESS, "192.0.2.1"));
    guest(OTHER, CookedFrame.ARP, arp(1, OTHER, ADDRESS, "192.0.2.1"));
    told();
  }

  @Test
  void learnsNothingFromArpOrPacketsTowardsTheGuest() {
    any();
    host.frame(TestFrames.toGuest(OTHER, CookedFrame.ARP, arp(1, OTHER, ADDRESS, ADDRESS)));
    toGuest(GUEST, ipv4(ADDRESS, "192.0.2.1", 1, new byte[8]));
    told();
  }

  @Test
  void believesTheSourceOfTheFirstPacketOnly() {
    any();
    guest(GUEST, CookedFrame.IPV4, ipv4(ADDRESS, "192.0.2.1", 1, new byte[8]));
    guest(GUEST, CookedFrame.IPV4, ipv4("192.0.2.10", "192.0.2.1", 1, new byte[8]));
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.11", "192.0.2.1"));
    told("+192.0.2.9 IP");
  }

  @Test
  void learnsNothingFromPacketsOfOtherFramesOrImpossibleSources() {
    any();
    guest(OTHER, CookedFrame.IPV4, ipv4(ADDRESS, "192.0.2.1", 1, new byte[8]));
    for (String source : List.of("0.0.0.0", "127.0.0.1", "239.1.1.1", "255.255.255.255")) {
      guest(GUEST, CookedFrame.IPV4, ipv4(source, "192.0.2.1", 1, new byte[8]));
    }
    told();
  }

  @Test
  void learnsLinkLocalAddresses() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "169.254.7.7", "169.254.7.7"));
    told("+169.254.7.7 ARP");
  }

  @Test
  void learnsNothingThroughASecondTag() {
    any();
    guest(GUEST, CookedFrame.VLAN, tag(CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1")));
    guest(GUEST, CookedFrame.ARP, tag(CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1")));
    told();
  }

  @Test
  void takesNoAddressFromADhcpClientsPackets() {
    any();
    byte[] renewal = dhcp(1, DhcpType.REQUEST).clientAddress(ADDRESS).done();
    guest(GUEST, CookedFrame.IPV4, ipv4(ADDRESS, "192.0.2.1", 17, udp(68, 67, renewal)));
    told();
  }

  @Test
  void replacesWhatWasSeenByALeaseInModeAny() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "169.254.7.7", "169.254.7.7"));
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    told("+169.254.7.7 ARP", LEARNED, "-169.254.7.7");
  }

  @Test
  void tellsAgainWhatItSeesAfterAWhile() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    host.now += PortAddresses.SEEN.toNanos() - SECOND - 1;
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    told("+192.0.2.9 ARP");
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    told("+192.0.2.9 ARP", "+192.0.2.9 ARP");
  }

  @Test
  void replacesWhatWasSeenLongAgoByALease() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "169.254.7.7", "169.254.7.7"));
    host.now += PortAddresses.SEEN.toNanos() * 2;
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    told("+169.254.7.7 ARP", LEARNED, "-169.254.7.7");
  }

  @Test
  void listensAgainWhenTheLeaseHasEndedInModeAny() {
    any();
    asks(request(ADDRESS));
    answers(ack(ADDRESS, 120));
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.77", "192.0.2.1"));
    told(LEARNED);
    assertEquals(Set.of(Want.DHCP), host.wants(port));
    host.now += Duration.ofSeconds(120).toNanos();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.77", "192.0.2.1"));
    told(LEARNED, "+192.0.2.77 ARP");
  }

  @Test
  void isNotStarvedByForgedAnswers() {
    asks(request(ADDRESS));
    for (int i = 0; i < 10_000; i++) {
      byte[] forged = fromServer(ack("192.0.2.66", 120).transaction(i + 1_000_000_000).done());
      host.frame(TestFrames.toGuest(OTHER, CookedFrame.IPV4, forged));
    }
    answers(ack(ADDRESS, 120));
    told(LEARNED);
  }
}
