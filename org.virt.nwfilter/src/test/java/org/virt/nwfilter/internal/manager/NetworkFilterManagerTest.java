package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.spi.nwfilter.FilterTechnique;

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
  void endsWithTheInterface() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic"));
    links.vanish(5);
    await("binding gone", () -> manager.bindings().isEmpty());
    await("rules gone", kernel.programs::isEmpty);
    await("learning ended", sinks::isEmpty);
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
  void leavesPortsAloneWhoseProgramARedefinitionDoesNotChange() throws Exception {
    links.add("vnet0", 5);
    links.add("vnet1", 6);
    manager.define("<filter name='inner'><rule action='drop' direction='out'/></filter>");
    manager.define(
        "<filter name='outer'><filterref filter='inner'/>"
            + "<rule action='drop' direction='in'><ip srcipaddr='$PEER'/></rule></filter>");
    manager.bind(binding("vnet0", "outer", "PEER", "10.0.0.1"));
    manager.bind(binding("vnet1", "inner"));
    manager.define(
        "<filter name='inner'><rule action='drop' direction='out' priority='400'/></filter>");
    assertEquals(2, technique.commits.get(), "an only rule is the same with another priority");
    long before = status("vnet1").generation();
    manager.define(
        "<filter name='outer'><filterref filter='inner'/>"
            + "<rule action='drop' direction='in'><ip dstipaddr='$PEER'/></rule></filter>");
    assertEquals(3, technique.commits.get());
    assertEquals(before, status("vnet1").generation(), "it does not reach the filter");
    assertTrue(status("vnet0").generation() > before);
  }

  @Test
  void refusesToUndefineAFilterInUse() throws Exception {
    links.add("vnet0", 5);
    manager.define("<filter name='inner'><rule action='drop' direction='out'/></filter>");
    manager.define("<filter name='outer'><filterref filter='inner'/></filter>");
    manager.bind(binding("vnet0", "outer"));
    assertMessage("it protects vnet0", () -> manager.undefine("outer"));
    assertMessage("filter outer refers to it", () -> manager.undefine("inner"));
    manager.unbind(new PortId("vnet0"));
    manager.undefine("outer");
    manager.undefine("inner");
    assertMessage("no network filter is named", () -> manager.filter("inner"));
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
