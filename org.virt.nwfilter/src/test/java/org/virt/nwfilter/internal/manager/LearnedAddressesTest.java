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
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.Program;

/** What a port has learned, and what becomes of it. */
class LearnedAddressesTest extends ManagerFixture {
  @Test
  void closesAPortUntilItsAddressIsLearned() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    assertEquals(Enforcement.CLOSED, status("vnet0").enforcement());
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    assertFalse(kernel.uses(5, "Lookup"));

    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.ARP, Optional.empty());
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(Learning.BOUND, status("vnet0").learning());
    assertTrue(kernel.uses(5, "Lookup"));
    assertTrue(kernel.of(5).contains(ip));
  }

  @Test
  void tellsTheTechniqueWhatFollowsTheLearningProgram() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    Program next = kernel.programs.get(5).program().next().orElseThrow();
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.ARP, Optional.empty());
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(next, kernel.programs.get(5).program().program());
    assertEquals(Optional.empty(), kernel.programs.get(5).program().next());
  }

  @Test
  void tellsNothingInAdvanceThatTheAddressDecides() throws Exception {
    technique.lookups = false;
    manager.removeTechnique(technique);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    assertEquals(Optional.empty(), kernel.programs.get(5).program().next());
  }

  @Test
  void learnsWithATechniqueThatHasNoLookupsToo() throws Exception {
    technique.lookups = false;
    manager.removeTechnique(technique);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.ARP, Optional.empty());
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertFalse(kernel.uses(5, "Lookup"));
    assertTrue(kernel.uses(5, "10.1.2.3"));
  }

  @Test
  void goesBackToLearningWhenTheLeaseEnds() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofMillis(300)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    await("learning", () -> status("vnet0").learning() == Learning.LEARNING);
    assertEquals(Enforcement.CLOSED, status("vnet0").enforcement());
    assertFalse(kernel.uses(5, "Lookup"));
    assertFalse(kernel.of(5).contains(ip));
  }

  @Test
  void closesAPortUntilEachFamilyThatRulesAskForIsLearned() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='both'><rule action='accept' direction='out'><ip srcipaddr='$IP'/></rule>"
            + "<rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule></filter>");
    manager.bind(binding("vnet0", "both", "CTRL_IP_LIMIT", "2"));
    assertEquals(Map.of(Family.IPV4, 1, Family.IPV6, 2), requests.get(5).terms().limits());
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.ARP, Optional.empty());
    await("learned", () -> manager.addresses().size() == 1);
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    sinks.get(5).learned(InetAddress.getByName("fe80::3"), Source.ND, Optional.empty());
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    sinks.get(5).learned(InetAddress.getByName("2001:db8::3"), Source.ND, Optional.empty());
    sinks.get(5).learned(InetAddress.getByName("2001:db8::4"), Source.ND, Optional.empty());
    await("learned", () -> events.contains("REFUSED /2001:db8:0:0:0:0:0:4"));
    assertEquals(3, manager.addresses().size());
  }

  @Test
  void learnsNothingOfAFamilyThatRulesDoNotAskFor() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    sinks.get(5).learned(InetAddress.getByName("fe80::3"), Source.ND, Optional.empty());
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.ARP, Optional.empty());
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    assertEquals(1, manager.addresses().size());
  }

  @Test
  void tellsTheLearnerOfFilteredPortsThatLearnNothing() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3", "CTRL_DHCP_SERVER", "yes"));
    LearnRequest request = requests.get(5);
    assertEquals(Mode.NONE, request.mode());
    assertEquals(Guest.DHCP_SERVER, request.terms().guest());
    assertEquals(Set.of(InetAddress.getByName("10.1.2.3")), request.terms().held().keySet());
  }

  @Test
  void asksTheLearnerAnewWhenABindingSaysOtherwise() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.ARP, Optional.empty());
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.bind(binding("vnet0", "clean-traffic", "CTRL_IP_LEARNING", "savi"));
    assertEquals(Mode.SAVI, requests.get(5).mode());
    assertEquals(
        Set.of(InetAddress.getByName("10.1.2.3")), requests.get(5).terms().held().keySet());
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
    links.add("vnet0", 5);
    links.add("vnet1", 6);
    manager.bind(binding("vnet0", "clean-traffic"));
    manager.bind(binding("vnet1", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(1)));
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(2)));
    sinks.get(6).learned(ip, Source.ARP, Optional.empty());
    sinks.get(6).refused(ip, Source.ARP, LearnSink.Refusal.GATEWAY);
    sinks.get(5).released(ip);
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
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    assertMessage("does not wait", () -> manager.approve(new PortId("vnet0"), ip));
    assertEquals(Map.of(), manager.explain(new PortId("vnet0")).counters());
    assertMessage("no filter is bound", () -> manager.explain(new PortId("vnet9")));
  }

  @Test
  void endsALeaseThoughItsAddressIsStillSeen() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofMillis(300)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    sinks.get(5).learned(ip, Source.ARP, Optional.empty());
    await("learning", () -> status("vnet0").learning() == Learning.LEARNING);
    assertFalse(kernel.of(5).contains(ip));
  }

  @Test
  void takesAReleasedAddressAwayHoweverOftenThatFails() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    technique.bindFails = true;
    sinks.get(5).released(ip);
    await("tried", () -> technique.refusedBinds.get() > 0);
    assertTrue(kernel.of(5).contains(ip));
    technique.bindFails = false;
    await("dropped", () -> !kernel.of(5).contains(ip));
    await("learning", () -> status("vnet0").learning() == Learning.LEARNING);
  }

  @Test
  void anotherGuestOfAnInterfaceDoesNotInheritAddresses() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.ARP, Optional.empty());
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    FilterBinding first = binding("vnet0", "clean-traffic");
    manager.bind(
        new FilterBinding(
            first.owner(),
            first.port(),
            first.linkDevice(),
            MacAddress.parse("52:54:00:00:00:02"),
            first.filter()));
    assertEquals(Learning.LEARNING, status("vnet0").learning());
    assertFalse(kernel.of(5).contains(ip));
    assertEquals(List.of(), manager.addresses());
  }

  @Test
  void aGivenAddressTakesThePlaceOfALearnedOne() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.ARP, Optional.empty());
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.9"));
    assertFalse(kernel.of(5).contains(ip));
    assertEquals("10.1.2.9", manager.addresses().get(0).address().getHostAddress());
  }

  @Test
  void leavesAnAddressWithItsFirstHolder() throws Exception {
    links.add("vnet0", 5);
    links.add("vnet1", 6);
    manager.bind(binding("vnet0", "clean-traffic"));
    manager.bind(binding("vnet1", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.ARP, Optional.empty());
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    sinks.get(6).learned(ip, Source.ARP, Optional.empty());
    sinks.get(6).learned(InetAddress.getByName("10.1.2.4"), Source.ARP, Optional.empty());
    await("bound", () -> status("vnet1").learning() == Learning.BOUND);
    assertFalse(kernel.of(6).contains(ip));
  }

  @Test
  void freesAnAddressThatItsHolderHasNoMore() throws Exception {
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    for (int i = 0; i < 4; i++) {
      links.add("vnet" + i, 5 + i);
      manager.bind(binding("vnet" + i, "clean-traffic"));
    }
    sinks.get(5).learned(ip, Source.ARP, Optional.empty());
    sinks.get(5).released(ip);
    sinks.get(6).learned(ip, Source.ARP, Optional.empty());
    await("a released one", () -> kernel.of(6).contains(ip));
    manager.unbind(new PortId("vnet1"));
    manager.bind(binding("vnet2", "clean-traffic", "IP", "10.1.2.3"));
    sinks.get(8).learned(ip, Source.ARP, Optional.empty());
    await("a given one is held", () -> events.contains("CONFLICT /10.1.2.3"));
    manager.bind(binding("vnet2", "clean-traffic", "IP", "10.1.2.4"));
    sinks.get(8).learned(ip, Source.ARP, Optional.empty());
    await("one that is given no more", () -> kernel.of(8).contains(ip));
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
