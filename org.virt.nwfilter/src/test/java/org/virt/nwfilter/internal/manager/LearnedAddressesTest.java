package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.Program;

/** What a port has learned, and what becomes of it. */
class LearnedAddressesTest extends ManagerFixture {
  private static final InetAddress IP = IpText.parse("10.1.2.3").orElseThrow();
  private static final InetAddress OTHER_IP = IpText.parse("10.1.2.4").orElseThrow();

  private void learns(String port, int index) throws VirtException {
    links.add(port, index);
    manager.bind(binding(port, "clean-traffic"));
  }

  /** The technique has no lookups any more. */
  private void withoutLookups() throws Exception {
    technique.lookups = false;
    manager.removeTechnique(technique);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
  }

  /** The guest behind an interface was seen to use an address. */
  private void seen(int index, String address) throws Exception {
    InetAddress ip = InetAddress.getByName(address);
    Source source = address.contains(":") ? Source.ND : Source.ARP;
    sinks.get(index).learned(ip, source, Optional.empty());
  }

  private void await(String port, Learning learning) throws Exception {
    await(port + " is " + learning, () -> status(port).learning() == learning);
  }

  private void awaitInForce() throws Exception {
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
  }

  @Test
  void closesAPortUntilItsAddressIsLearned() throws Exception {
    learns("vnet0", 5);
    assertEquals(Enforcement.CLOSED, status("vnet0").enforcement());
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    assertFalse(kernel.uses(5, "Lookup"));

    seen(5, "10.1.2.3");
    awaitInForce();
    assertEquals(Learning.BOUND, status("vnet0").learning());
    assertTrue(kernel.uses(5, "Lookup"));
    assertTrue(kernel.of(5).contains(IP));
  }

  @Test
  void commitsWhatSeveralPortsLearnTogetherOnce() throws Exception {
    learns("vnet0", 5);
    learns("vnet1", 6);
    int before = technique.commits.get();
    sinks
        .get(5)
        .together(
            () -> {
              sinks.get(5).learned(IP, Source.ARP, Optional.empty());
              sinks.get(6).released(OTHER_IP);
              sinks.get(6).learned(OTHER_IP, Source.ARP, Optional.empty());
            });
    awaitInForce();
    await("vnet1", Learning.BOUND);
    assertEquals(before + 1, technique.commits.get());
    assertTrue(kernel.of(5).contains(IP));
    assertTrue(kernel.of(6).contains(OTHER_IP));
  }

  @Test
  void tellsTheTechniqueWhatFollowsTheLearningProgram() throws Exception {
    learns("vnet0", 5);
    Program next = kernel.programs.get(5).program().next().orElseThrow();
    seen(5, "10.1.2.3");
    awaitInForce();
    assertEquals(next, kernel.programs.get(5).program().program());
    assertEquals(Optional.empty(), kernel.programs.get(5).program().next());
  }

  @Test
  void tellsNothingInAdvanceThatTheAddressDecides() throws Exception {
    withoutLookups();
    learns("vnet0", 5);
    assertEquals(Optional.empty(), kernel.programs.get(5).program().next());
  }

  @Test
  void learnsWithATechniqueThatHasNoLookupsToo() throws Exception {
    withoutLookups();
    learns("vnet0", 5);
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    seen(5, "10.1.2.3");
    awaitInForce();
    assertFalse(kernel.uses(5, "Lookup"));
    assertTrue(kernel.uses(5, "10.1.2.3"));
  }

  @Test
  void goesBackToLearningWhenTheLeaseEnds() throws Exception {
    learns("vnet0", 5);
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("vnet0", Learning.BOUND);
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofMillis(300)));
    await("vnet0", Learning.LEARNING);
    assertEquals(Enforcement.CLOSED, status("vnet0").enforcement());
    assertFalse(kernel.uses(5, "Lookup"));
    assertFalse(kernel.of(5).contains(IP));
  }

  @Test
  void closesAPortUntilEachFamilyThatRulesAskForIsLearned() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='both'><rule action='accept' direction='out'><ip srcipaddr='$IP'/></rule>"
            + "<rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule></filter>");
    manager.bind(binding("vnet0", "both", "CTRL_IP_LIMIT", "2"));
    assertEquals(Map.of(Family.IPV4, 1, Family.IPV6, 2), requests.get(5).terms().limits());
    seen(5, "10.1.2.3");
    await("learned", () -> manager.addresses().size() == 1);
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    seen(5, "fe80::3");
    awaitInForce();
    seen(5, "2001:db8::3");
    seen(5, "2001:db8::4");
    await("learned", () -> events.contains("REFUSED /2001:db8:0:0:0:0:0:4"));
    assertEquals(3, manager.addresses().size());
  }

  @Test
  void learnsNothingOfAFamilyThatRulesDoNotAskFor() throws Exception {
    learns("vnet0", 5);
    seen(5, "fe80::3");
    seen(5, "10.1.2.3");
    await("vnet0", Learning.BOUND);
    assertEquals(1, manager.addresses().size());
  }

  @Test
  void tellsTheLearnerOfFilteredPortsThatLearnNothing() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3", "CTRL_DHCP_SERVER", "yes"));
    LearnRequest request = requests.get(5);
    assertEquals(Mode.NONE, request.mode());
    assertEquals(Guest.DHCP_SERVER, request.terms().guest());
    assertEquals(Set.of(IP), request.terms().held().keySet());
  }

  @Test
  void asksTheLearnerAnewWhenABindingSaysOtherwise() throws Exception {
    learns("vnet0", 5);
    seen(5, "10.1.2.3");
    await("vnet0", Learning.BOUND);
    manager.bind(binding("vnet0", "clean-traffic", "CTRL_IP_LEARNING", "savi"));
    assertEquals(Mode.SAVI, requests.get(5).mode());
    assertEquals(Set.of(IP), requests.get(5).terms().held().keySet());
  }

  @Test
  void refusesParametersOfLearningThatMakeNoSense() {
    links.add("vnet0", 5);
    assertMessage("CTRL_IP_LEARNING is 'some'", () -> bindWith("CTRL_IP_LEARNING", "some"));
    assertMessage("CTRL_IP_LIMIT is '0'", () -> bindWith("CTRL_IP_LIMIT", "0"));
    assertMessage("CTRL_IP_LIMIT is '-1'", () -> bindWith("CTRL_IP_LIMIT", "-1"));
    assertMessage("CTRL_DHCP_SERVER is 'perhaps'", () -> bindWith("CTRL_DHCP_SERVER", "perhaps"));
    assertMessage("GATEWAY is 'router'", () -> bindWith("GATEWAY", "router"));
    assertMessage("DHCPSERVERV6 is 'x'", () -> bindWith("DHCPSERVERV6", "x"));
  }

  private void bindWith(String parameter, String value) throws VirtException {
    manager.bind(binding("vnet0", "clean-traffic", parameter, value));
  }

  @Test
  void tellsOfAddressesAndOfThoseNotGranted() throws Exception {
    learns("vnet0", 5);
    learns("vnet1", 6);
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofHours(1)));
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofHours(2)));
    seen(6, "10.1.2.3");
    sinks.get(6).refused(IP, Source.ARP, LearnSink.Refusal.GATEWAY);
    sinks.get(5).released(IP);
    List<String> wanted =
        List.of(
            "LEARNED /10.1.2.3",
            "RENEWED /10.1.2.3",
            "CONFLICT /10.1.2.3",
            "CONFLICT /10.1.2.3",
            "EXPIRED /10.1.2.3");
    await("told " + events, () -> events.size() == wanted.size());
    assertEquals(wanted, List.copyOf(events));
  }

  @Test
  void handsApprovalAndReportOn() throws Exception {
    learns("vnet0", 5);
    assertMessage("does not wait", () -> manager.approve(new PortId("vnet0"), IP));
    assertEquals(Map.of(), manager.explain(new PortId("vnet0")).counters());
    assertMessage("no filter is bound", () -> manager.explain(new PortId("vnet9")));
  }

  @Test
  void endsALeaseThoughItsAddressIsStillSeen() throws Exception {
    learns("vnet0", 5);
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("vnet0", Learning.BOUND);
    // Both at once: seen after the end it would be learned anew.
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofMillis(300)));
    seen(5, "10.1.2.3");
    await("vnet0", Learning.LEARNING);
    assertFalse(kernel.of(5).contains(IP));
  }

  @Test
  void takesAReleasedAddressAwayHoweverOftenThatFails() throws Exception {
    learns("vnet0", 5);
    sinks.get(5).learned(IP, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("vnet0", Learning.BOUND);
    technique.bindFails = true;
    sinks.get(5).released(IP);
    await("tried", () -> technique.refusedBinds.get() > 0);
    assertTrue(kernel.of(5).contains(IP));
    technique.bindFails = false;
    await("dropped", () -> !kernel.of(5).contains(IP));
    await("vnet0", Learning.LEARNING);
  }

  @Test
  void anotherGuestOfAnInterfaceDoesNotInheritAddresses() throws Exception {
    learns("vnet0", 5);
    seen(5, "10.1.2.3");
    await("vnet0", Learning.BOUND);
    FilterBinding first = binding("vnet0", "clean-traffic");
    manager.bind(
        new FilterBinding(
            first.owner(),
            first.port(),
            first.linkDevice(),
            MacAddress.parse("52:54:00:00:00:02"),
            first.filter()));
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    assertFalse(kernel.of(5).contains(IP));
    assertEquals(List.of(), manager.addresses());
  }

  @Test
  void aGivenAddressTakesThePlaceOfALearnedOne() throws Exception {
    learns("vnet0", 5);
    seen(5, "10.1.2.3");
    await("vnet0", Learning.BOUND);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.9"));
    assertFalse(kernel.of(5).contains(IP));
    assertEquals("10.1.2.9", manager.addresses().get(0).address().getHostAddress());
  }

  @Test
  void leavesAnAddressWithItsFirstHolder() throws Exception {
    learns("vnet0", 5);
    learns("vnet1", 6);
    seen(5, "10.1.2.3");
    await("vnet0", Learning.BOUND);
    seen(6, "10.1.2.3");
    seen(6, "10.1.2.4");
    await("vnet1", Learning.BOUND);
    assertFalse(kernel.of(6).contains(IP));
  }

  @Test
  void freesAnAddressThatItsHolderHasNoMore() throws Exception {
    for (int i = 0; i < 4; i++) {
      learns("vnet" + i, 5 + i);
    }
    seen(5, "10.1.2.3");
    sinks.get(5).released(IP);
    seen(6, "10.1.2.3");
    await("a released one", () -> kernel.of(6).contains(IP));
    manager.unbind(new PortId("vnet1"));
    manager.bind(binding("vnet2", "clean-traffic", "IP", "10.1.2.3"));
    seen(8, "10.1.2.3");
    await("a given one is held", () -> events.contains("CONFLICT /10.1.2.3"));
    manager.bind(binding("vnet2", "clean-traffic", "IP", "10.1.2.4"));
    seen(8, "10.1.2.3");
    await("one that is given no more", () -> kernel.of(8).contains(IP));
  }

  @Test
  void aFilterGainsNoVariableThatALearningPortLacks() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='f'><rule action='accept' direction='out'><ip srcipaddr='$IP'/></rule></filter>");
    manager.bind(binding("vnet0", "f"));
    VirtException e =
        assertThrows(
            VirtException.class,
            () ->
                manager.define(
                    "<filter name='f'><rule action='accept' direction='out'>"
                        + "<ip srcipaddr='$IP' dstipaddr='$PEER'/></rule></filter>"));
    assertTrue(e.getMessage().contains("PEER"), e.getMessage());
    assertEquals(Learning.LEARNING, status("vnet0").learning());
  }

  @Test
  void isClosedAndSaysSoWithoutALearner() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.unsetLearner(learner);
    assertMessage("no address learner", () -> manager.bind(binding("vnet0", "clean-traffic")));
    assertTrue(status("vnet0").reason().contains("no address learner"));
    assertFalse(kernel.uses(5, "Lookup"));
    manager.setLearner(learner);
    await("learning", () -> status("vnet0").enforcement() == Enforcement.CLOSED);
    assertTrue(sinks.containsKey(5));
  }
}
