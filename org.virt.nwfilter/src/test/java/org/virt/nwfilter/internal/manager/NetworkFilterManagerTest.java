package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Operand.Family;

class NetworkFilterManagerTest extends ManagerFixture {
  @Test
  void bindsWithAGivenAddressAtOnce() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    assertEquals(Enforcement.IN_FORCE, status("vnet0").enforcement());
    assertEquals(Learning.OFF, status("vnet0").learning());
    assertTrue(kernel.uses(5, "10.1.2.3"));
    assertEquals(FilterTechnique.PORT_GROUP, links.links.get(5).group());
    assertEquals(Source.CONFIG, manager.addresses().get(0).source());
  }

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
  void refusesAtOnceWhatCannotBeCompiledOnceTheAddressIsKnown() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='odd'><rule action='drop' direction='out'>"
            + "<ip match='no' srcipaddr='$IP' dstipaddr='$PEER'/></rule></filter>");
    assertMessage("PEER", () -> manager.bind(binding("vnet0", "odd", "PEER", "nobody")));
    manager.bind(binding("vnet0", "odd", "PEER", "10.0.0.1"));
    assertEquals(Learning.LEARNING, status("vnet0").learning());
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
  void keepsOldRulesWhenApplyFails() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    technique.failing.add("vnet0");
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.4")));
    assertEquals(ErrorCode.BUILD_FIREWALL, e.code());
    assertTrue(kernel.uses(5, "10.1.2.3"));
    assertTrue(links.isUp(5));
    technique.failing.clear();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertTrue(kernel.uses(5, "10.1.2.3"), "the old binding is back");
  }

  @Test
  void takesTheLinkDownWhenNoRulesCanBeApplied() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    technique.failing.add("vnet0");
    assertThrows(
        VirtException.class,
        () -> manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3")));
    assertFalse(links.isUp(5));
    assertEquals(Enforcement.FAILED, status("vnet0").enforcement());
    assertTrue(status("vnet0").reason().contains("the kernel says no"));
    technique.failing.clear();
    await("tried again", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertTrue(links.isUp(5));
  }

  @Test
  void putsTheLinkUpAgainWhenItsProtectionEnds() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    technique.failing.add("vnet0");
    assertThrows(
        VirtException.class,
        () -> manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3")));
    assertFalse(links.isUp(5));
    manager.unbind(new PortId("vnet0"));
    assertTrue(links.isUp(5));
  }

  @Test
  void refusesAnInterfaceBesideABridgeAndShutsAPortThatLeavesIts() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    links.move(5, 0);
    await("failed", () -> status("vnet0").enforcement() == Enforcement.FAILED);
    assertFalse(links.isUp(5));
    links.move(5, FakeLinks.BRIDGE);
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertTrue(links.isUp(5));

    links.add("vnet1", 6);
    links.move(6, 0);
    assertMessage(
        "no port of a bridge",
        () -> manager.bind(binding("vnet1", "clean-traffic", "IP", "10.1.2.4")));
    assertEquals(1, manager.bindings().size());
  }

  @Test
  void bindsAMacvtapThatIsInNoBridge() throws Exception {
    links.addMacvtap("macvtap0", 7);
    manager.bind(binding("macvtap0", "clean-traffic", "IP", "10.1.2.3"));
    assertEquals(Enforcement.IN_FORCE, status("macvtap0").enforcement());
    assertTrue(kernel.uses(7, "10.1.2.3"));
  }

  @Test
  void onePortThatFailsDoesNotFailTheOthers() throws Exception {
    int count = 200;
    for (int i = 0; i < count; i++) {
      links.add("vnet" + i, 10 + i);
    }
    technique.failing.add("vnet77");
    ExecutorService callers = Executors.newFixedThreadPool(50);
    List<Future<?>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      FilterBinding one = binding("vnet" + i, "clean-traffic", "IP", "10.1.2." + i);
      calls.add(
          callers.submit(
              () -> {
                manager.bind(one);
                return null;
              }));
    }
    callers.shutdown();
    int failed = 0;
    for (Future<?> call : calls) {
      try {
        call.get();
      } catch (java.util.concurrent.ExecutionException e) {
        failed++;
      }
    }
    assertEquals(1, failed);
    assertEquals(count - 1, kernel.programs.size());
    assertTrue(technique.commits.get() < count, "commits: " + technique.commits);
  }

  @Test
  void believesTheKernelAboutAddressesAfterARestart() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.stop();
    // What a runtime leaves that was killed before it wrote the address down.
    java.nio.file.Files.delete(home.resolve("nwfilter-binding/addresses"));

    technique = new FakeTechnique(kernel);
    start();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, technique.commits.get());
    assertEquals(ip, manager.addresses().get(0).address());
  }

  @Test
  void tellsAReturningTechniqueWhatChangedWhileItWasAway() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "CTRL_IP_LEARNING", "dhcp"));
    InetAddress first = InetAddress.getByName("10.1.2.3");
    InetAddress second = InetAddress.getByName("10.1.2.4");
    sinks.get(5).learned(first, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.removeTechnique(technique);
    await("orphaned", () -> status("vnet0").enforcement() == Enforcement.ORPHANED);
    sinks.get(5).learned(second, Source.DHCP, Optional.of(Duration.ofHours(1)));
    sinks.get(5).released(first);
    manager.addTechnique(new FakeTechnique(kernel), Map.of(FilterTechnique.NAME, "fake"));
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(java.util.Set.of(second), kernel.of(5));
  }

  @Test
  void aFilterWithAWrongValueStaysUnusableAfterARestart() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='f'><rule action='accept' direction='out'>"
            + "<tcp dstportstart='70000'/></rule></filter>");
    assertMessage("70000", () -> manager.bind(binding("vnet0", "f")));
    assertEquals(List.of(), manager.bindings());
    manager.stop();
    technique = new FakeTechnique(kernel);
    start();
    assertMessage("70000", () -> manager.bind(binding("vnet0", "f")));
  }

  @Test
  void findsItsPortsAgainAfterARestart() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.stop();

    technique = new FakeTechnique(kernel);
    start();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, technique.commits.get(), "nothing differs, so nothing is committed");
    assertEquals(ip, manager.addresses().get(0).address());
    assertEquals(Source.DHCP, manager.addresses().get(0).source());
    assertTrue(links.isUp(5));
  }

  @Test
  void findsManyPortsAgainAndReplacesThoseThatDifferAtOnce() throws Exception {
    int count = 200;
    for (int i = 0; i < count; i++) {
      links.add("vnet" + i, 10 + i, Link.Flag.UP);
      manager.bind(binding("vnet" + i, "clean-traffic", "IP", "10.1.2." + i));
    }
    manager.stop();
    // Two ports have something else than they should.
    kernel.programs.put(10, kernel.programs.get(11));
    kernel.programs.remove(12);

    technique = new FakeTechnique(kernel);
    begin();
    await("known", () -> manager.status().size() == count);
    String reason = status("vnet0").reason();
    assertTrue(reason.startsWith("not yet compared with what the kernel has"), reason);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    await(
        "in force",
        () -> manager.status().stream().allMatch(s -> s.enforcement() == Enforcement.IN_FORCE));
    assertEquals(1, technique.commits.get());
    assertTrue(kernel.uses(10, "vnet0"));
    assertTrue(kernel.uses(12, "vnet2"));
    assertTrue(links.isUp(12));
  }

  @Test
  void forgetsAPortWhoseInterfaceCameAgainUnderItsName() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    manager.stop();
    links.links.clear();
    links.add("vnet0", 9);
    technique = new FakeTechnique(kernel);
    start();
    assertEquals(List.of(), manager.bindings());
    await("stale rules are removed", kernel.programs::isEmpty);
  }

  @Test
  void endsWithTheInterface() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    links.vanish(5);
    await("binding gone", () -> manager.bindings().isEmpty());
    await("rules gone", kernel.programs::isEmpty);
    await("learning ended", sinks::isEmpty);
  }

  @Test
  void orphansPortsOfATechniqueThatLeavesAndTakesThemOver() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    manager.removeTechnique(technique);
    await("orphaned", () -> status("vnet0").enforcement() == Enforcement.ORPHANED);
    assertTrue(kernel.uses(5, "10.1.2.3"));
    assertTrue(links.isUp(5));
    FakeTechnique next = new FakeTechnique(kernel);
    manager.addTechnique(next, Map.of(FilterTechnique.NAME, "fake"));
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, next.commits.get());
  }

  @Test
  void movesPortsToAnotherTechnique() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    FakeTechnique.Kernel other = new FakeTechnique.Kernel();
    manager.addTechnique(new FakeTechnique(other), Map.of(FilterTechnique.NAME, "other"));
    manager.selectTechnique("other");
    assertEquals("other", status("vnet0").technique());
    assertTrue(other.uses(5, "10.1.2.3"));
    assertTrue(kernel.programs.isEmpty(), "the old rules are gone");
    assertEquals(
        ErrorCode.INVALID_ARG,
        assertThrows(VirtException.class, () -> manager.selectTechnique("nosuch")).code());
  }

  @Test
  void redefinesForAllPortsOrForNone() throws Exception {
    links.add("vnet0", 5);
    links.add("vnet1", 6);
    manager.define("<filter name='f'><rule action='drop' direction='out'/></filter>");
    manager.bind(binding("vnet0", "f"));
    manager.bind(binding("vnet1", "f"));
    String before = manager.filter("f").xml();
    technique.failing.add("vnet1");
    String next =
        "<filter name='f'><rule action='drop' direction='out'><arp opcode='1'/></rule></filter>";
    assertThrows(VirtException.class, () -> manager.define(next));
    assertEquals(before, manager.filter("f").xml());
    assertFalse(kernel.uses(5, "ARP_OPERATION"));
    technique.failing.clear();
    manager.define(next);
    assertTrue(kernel.uses(5, "ARP_OPERATION"));
    assertTrue(kernel.uses(6, "ARP_OPERATION"));
    int commits = technique.commits.get();
    manager.define(next);
    assertEquals(commits, technique.commits.get(), "an identical definition is no work");
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
  void namesWhatIsMissing() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='f'><rule action='accept' direction='out'><ip srcipaddr='$A'/></rule></filter>");
    assertMessage("A", () -> manager.bind(binding("vnet0", "f")));
    assertMessage("nosuch", () -> manager.bind(binding("vnet0", "nosuch")));
    assertMessage("vnet9", () -> manager.bind(binding("vnet9", "clean-traffic")));
    assertMessage(
        "none", () -> manager.bind(binding("vnet0", "clean-traffic", "CTRL_IP_LEARNING", "none")));
    assertMessage("no-ip-spoofing", () -> manager.undefine("no-ip-spoofing"));
    assertEquals(List.of(), manager.bindings());
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

  @Test
  void unbindsAndLeavesTheGroup() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    manager.unbind(new PortId("vnet0"));
    assertEquals(List.of(), manager.status());
    assertTrue(kernel.programs.isEmpty());
    assertEquals(0, links.links.get(5).group());
    assertTrue(links.isUp(5));
    assertEquals(
        ErrorCode.NO_NWFILTER_BINDING,
        assertThrows(VirtException.class, () -> manager.unbind(new PortId("vnet0"))).code());
  }

  @Test
  void tellsListenersInOrder() throws Exception {
    links.add("vnet0", 5);
    List<Enforcement> seen = new ArrayList<>();
    AtomicReference<String> last = new AtomicReference<>("");
    manager.subscribe(
        new FilterListener() {
          @Override
          public void portChanged(PortStatus status) {
            seen.add(status.enforcement());
            last.set(status.reason());
          }
        });
    manager.bind(binding("vnet0", "clean-traffic"));
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.IP, Optional.empty());
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    manager.unbind(new PortId("vnet0"));
    await("unbound", () -> last.get().equals("unbound"));
    assertEquals(List.of(Enforcement.CLOSED, Enforcement.IN_FORCE, Enforcement.IN_FORCE), seen);
  }
}
