package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestHost.ip;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.learnip.internal.Frames6.Dhcp6;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.nwfilter.Operand.Family;

/** Neighbour discovery, DHCPv6 and packets of IPv6. */
class Ipv6BeliefTest {
  private static final String ADDRESS = "2001:db8::9";
  private static final String LONG = "2001:db8:0:0:0:0:0:9";
  private static final String LEASE = "+" + LONG + " DHCP 120s";
  private static final Duration CHECK = SaviTimers.STANDARD.tentative();

  private final RecordingSink sink = new RecordingSink();
  private TestHost host = new TestHost();

  private void start(Mode mode) {
    start(new Terms(mode).ipv6());
  }

  private void start(Terms terms) {
    host = new TestHost();
    host.add(terms, sink);
  }

  private void guest(MacAddress source, byte[] packet) {
    host.pass(Duration.ofMillis(101));
    host.frame(TestFrames.fromGuest(source, CookedFrame.IPV6, packet));
  }

  private void guest(byte[] packet) {
    guest(GUEST, packet);
  }

  private void asks(Dhcp6 message) {
    guest(Frames6.fromClient(message.done()));
  }

  private void answers(Dhcp6 message) {
    host.answer(CookedFrame.IPV6, Frames6.fromServer(message.done()));
  }

  private void told(String... lines) {
    assertEquals(List.of(lines), sink.lines());
  }

  // neighbour discovery

  @Test
  void bindsAnAddressThatWasProbedAndThatNobodyAnswersFor() {
    start(Mode.ANY);
    guest(Frames6.probe(ADDRESS));
    host.pass(CHECK.minusMillis(1));
    told();
    host.pass(Duration.ofMillis(1));
    told("+" + LONG + " ND");
  }

  @Test
  void bindsNothingThatSomebodyAnswersFor() {
    start(Mode.ANY);
    guest(Frames6.probe(ADDRESS));
    byte[] answer = Frames6.advertisement(ADDRESS, ADDRESS);
    host.frame(TestFrames.toGuest(OTHER, CookedFrame.IPV6, answer));
    host.pass(CHECK.multipliedBy(4));
    told();
    assertEquals(List.of(LONG + " ND DEFENDED"), sink.refusals());
  }

  @Test
  void bindsAnOptimisticAddressAtOnceInModeAnyAndAfterTheCheckInModeSavi() {
    byte[] optimistic = Frames6.advertisement(ADDRESS, ADDRESS);
    start(Mode.ANY);
    guest(Frames6.probe(ADDRESS));
    guest(optimistic);
    told("+" + LONG + " ND");
    start(Mode.SAVI);
    guest(Frames6.probe(ADDRESS));
    guest(optimistic);
    told("+" + LONG + " ND");
    host.pass(CHECK);
    told("+" + LONG + " ND", "+" + LONG + " ND");
  }

  @Test
  void bindsTheSourceOfASolicitationAndNeverItsTarget() {
    start(Mode.ANY);
    guest(Frames6.solicitation(ADDRESS, "2001:db8::1"));
    told("+" + LONG + " ND");
  }

  @Test
  void bindsTheSourceOfTheFirstPacketBehindExtensionHeaders() {
    start(Mode.ANY);
    guest(Frames6.ipv6(ADDRESS, "2001:db8::1", 60, Frames6.hex("3b00 0000 0000 0000")));
    told("+" + LONG + " IP");
  }

  @Test
  void holdsSeveralAddressesUpToTheLimit() {
    Terms terms = new Terms(Mode.ANY).ipv6();
    terms.limits.put(Family.IPV6, 2);
    start(terms);
    guest(Frames6.advertisement("fe80::9", "fe80::9"));
    guest(Frames6.advertisement(ADDRESS, ADDRESS));
    guest(Frames6.advertisement("2001:db8::a", "2001:db8::a"));
    told("+fe80:0:0:0:0:0:0:9 ND", "+" + LONG + " ND");
    assertEquals(List.of("2001:db8:0:0:0:0:0:a ND LIMIT"), sink.refusals());
  }

  @Test
  void learnsLinkLocalAddressesByTheCheckInModeDhcp() {
    start(Mode.DHCP);
    guest(Frames6.probe("fe80::9"));
    guest(Frames6.probe(ADDRESS));
    guest(Frames6.advertisement(ADDRESS, ADDRESS));
    host.pass(CHECK.multipliedBy(2));
    told("+fe80:0:0:0:0:0:0:9 ND");
  }

  @Test
  void learnsNothingThatNoHostHas() {
    start(Mode.ANY);
    guest(Frames6.ipv6("::1", "2001:db8::1", 59, new byte[0]));
    guest(Frames6.ipv6("ff02::9", "2001:db8::1", 59, new byte[0]));
    guest(Frames6.ipv6("::", "2001:db8::1", 59, new byte[0]));
    guest(Frames6.ipv6("::192.0.2.1", "2001:db8::1", 59, new byte[0]));
    told();
  }

  @Test
  void learnsNothingFromForeignFramesOrRouters() {
    start(Mode.ANY);
    guest(OTHER, Frames6.advertisement(ADDRESS, ADDRESS));
    byte[] advertisement = new byte[16];
    advertisement[0] = (byte) 134;
    host.frame(
        TestFrames.toGuest(
            OTHER, CookedFrame.IPV6, Frames6.ipv6("fe80::1", "ff02::1", 58, advertisement)));
    host.pass(CHECK.multipliedBy(2));
    told();
  }

  @Test
  void learnsNothingOfAFamilyThatIsNotWanted() {
    host.add(new Terms(Mode.ANY), sink);
    guest(Frames6.advertisement(ADDRESS, ADDRESS));
    told();
  }

  // DHCPv6

  @Test
  void believesAReplyToARequest() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(1));
    answers(Frames6.reply().address(ADDRESS, 120));
    told();
    asks(Frames6.dhcp(3).transaction(7));
    answers(Frames6.reply().transaction(7).address(ADDRESS, 120));
    told(LEASE);
  }

  @Test
  void believesTemporaryAddressesAndRapidCommit() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(1).option(14, new byte[0]));
    answers(Frames6.reply().association(4, Frames6.address(ADDRESS, 120, new byte[0])));
    told(LEASE);
  }

  @Test
  void tellsRenewalsAndLeasesWithoutEnd() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(3));
    answers(Frames6.reply().address(ADDRESS, 120));
    asks(Frames6.dhcp(5).transaction(8));
    answers(Frames6.reply().transaction(8).address(ADDRESS, 0xffffffffL));
    told(LEASE, "+" + LONG + " DHCP");
  }

  @Test
  void believesNoAdvertiseNorForeignTransactionOrClient() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(3));
    answers(Frames6.dhcp(2).option(2, Frames6.hex("01")).address(ADDRESS, 120));
    answers(Frames6.reply().transaction(9).address(ADDRESS, 120));
    answers(
        new Dhcp6(7)
            .option(1, Frames6.hex("0001aabc"))
            .option(2, Frames6.hex("01"))
            .address(ADDRESS, 120));
    answers(Frames6.dhcp(7).address(ADDRESS, 120));
    told();
  }

  @Test
  void believesNoReplyThatTheGuestSends() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(3));
    guest(Frames6.fromServer(Frames6.reply().address(ADDRESS, 120).done()));
    host.frame(
        TestFrames.toGuest(
            OTHER,
            CookedFrame.IPV6,
            Frames6.fromServer(Frames6.reply().address(ADDRESS, 120).done())));
    told();
  }

  @Test
  void believesOnlyTheGivenServers() {
    Terms terms = new Terms(Mode.DHCP).ipv6();
    terms.servers.add(ip("fe80::77"));
    start(terms);
    asks(Frames6.dhcp(3));
    answers(Frames6.reply().address(ADDRESS, 120));
    told();
    terms.servers.add(ip(Frames6.SERVER_LINK_LOCAL));
    start(terms);
    asks(Frames6.dhcp(3));
    answers(Frames6.reply().address(ADDRESS, 120));
    told(LEASE);
  }

  @Test
  void takesBackWhatIsReleasedDeclinedOrRefused() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(3));
    answers(Frames6.reply().address(ADDRESS, 120));
    asks(Frames6.dhcp(8).address(ADDRESS, 0));
    asks(Frames6.dhcp(3).transaction(2));
    answers(Frames6.reply().transaction(2).address(ADDRESS, 120));
    asks(Frames6.dhcp(9).address(ADDRESS, 0));
    asks(Frames6.dhcp(3).transaction(3));
    answers(Frames6.reply().transaction(3).address(ADDRESS, 120));
    asks(Frames6.dhcp(5).transaction(4).address(ADDRESS, 0));
    answers(Frames6.reply().transaction(4).address(ADDRESS, 0));
    told(LEASE, "-" + LONG, LEASE, "-" + LONG, LEASE, "-" + LONG);
  }

  @Test
  void bindsNothingWhoseStatusIsNoSuccess() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(3));
    answers(Frames6.reply().address(ADDRESS, 120).raw(Frames6.status(1)));
    answers(Frames6.reply().association(3, Frames6.address(ADDRESS, 120, Frames6.status(2))));
    told();
    asks(Frames6.dhcp(4).transaction(5).address(ADDRESS, 0));
    answers(Frames6.reply().transaction(5).raw(Frames6.status(4)));
    told("-" + LONG);
  }

  @Test
  void bindsNothingByAnAnswerToConfirmOrInformation() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(4).address(ADDRESS, 0));
    answers(Frames6.reply().address(ADDRESS, 120));
    asks(Frames6.dhcp(11).transaction(6));
    answers(Frames6.reply().transaction(6).address(ADDRESS, 120));
    told();
  }

  @Test
  void forgetsOldRequests() {
    start(Mode.DHCP);
    asks(Frames6.dhcp(3));
    host.pass(SaviTimers.STANDARD.exchange().plusMillis(1));
    answers(Frames6.reply().address(ADDRESS, 120));
    told();
  }
}
