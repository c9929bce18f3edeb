package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.SERVER;
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

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.learnip.internal.TestFrames.Dhcp;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.nwfilter.PortRef;

class PortBeliefTest {
  private static final String ADDRESS = "192.0.2.9";
  private static final String LEARNED = "+192.0.2.9 DHCP 120s";

  private final RecordingSink sink = new RecordingSink();
  private PortBelief belief = belief(Mode.DHCP, Set.of());
  private long now = 1;

  private PortBelief belief(Mode mode, Set<InetAddress> servers) {
    PortRef port = new PortRef(new PortId("vnet0"), PORT, GUEST);
    LearnRequest request = new LearnRequest(port, Optional.empty(), mode, servers);
    return new PortBelief(request, sink, new TokenBucket(10, 50, 0));
  }

  private void any() {
    belief = belief(Mode.ANY, Set.of());
  }

  private void guest(MacAddress source, int type, byte[] payload) {
    belief.fromGuest(
        CookedFrame.parse(TestFrames.fromGuest(source, type, payload)).orElseThrow(), now);
  }

  private void asks(Dhcp message) {
    guest(GUEST, CookedFrame.IPV4, fromClient(message.done()));
  }

  private void toGuest(MacAddress source, byte[] packet) {
    belief.toGuest(
        CookedFrame.parse(TestFrames.toGuest(source, CookedFrame.IPV4, packet)).orElseThrow(), now);
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
    now += DhcpExchanges.AGE.toNanos() + 1;
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
  void believesOnlyTheGivenServers() throws UnknownHostException {
    belief = belief(Mode.DHCP, Set.of(InetAddress.getByName("192.0.2.250")));
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
  void believesAGivenServerByItsSourceToo() throws UnknownHostException {
    belief = belief(Mode.DHCP, Set.of(InetAddress.getByName("192.0.2.1")));
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
    for (int i = 1; i <= PortBelief.LIMIT + 1; i++) {
      asks(request("192.0.2." + i));
      answers(ack("192.0.2." + i, 120));
    }
    assertEquals(PortBelief.LIMIT, sink.lines().size());
    now += Duration.ofSeconds(121).toNanos();
    asks(request("192.0.2.99"));
    answers(ack("192.0.2.99", 120));
    assertEquals("+192.0.2.99 DHCP 120s", sink.lines().get(PortBelief.LIMIT));
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
    CookedFrame arp =
        CookedFrame.parse(
                TestFrames.toGuest(OTHER, CookedFrame.ARP, arp(1, OTHER, ADDRESS, ADDRESS)))
            .orElseThrow();
    belief.toGuest(arp, now);
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
  void learnsThroughASecondTag() {
    any();
    guest(GUEST, CookedFrame.VLAN, tag(CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1")));
    told("+192.0.2.9 ARP");
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
    now += PortBelief.SEEN.toNanos() - 1;
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    told("+192.0.2.9 ARP");
    now += 1;
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, ADDRESS, "192.0.2.1"));
    told("+192.0.2.9 ARP", "+192.0.2.9 ARP");
  }

  @Test
  void replacesWhatWasSeenLongAgoByALease() {
    any();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "169.254.7.7", "169.254.7.7"));
    now += PortBelief.SEEN.toNanos() * 2;
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
    assertEquals(now + Duration.ofSeconds(120).toNanos(), belief.settledUntil());
    now += Duration.ofSeconds(120).toNanos();
    guest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.77", "192.0.2.1"));
    told(LEARNED, "+192.0.2.77 ARP");
  }

  @Test
  void isNotStarvedByForgedAnswers() {
    asks(request(ADDRESS));
    for (int i = 0; i < 10_000; i++) {
      answers(ack("192.0.2.66", 120).transaction(i + 1_000_000_000));
    }
    answers(ack(ADDRESS, 120));
    told(LEARNED);
  }
}
