package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.spi.nwfilter.FilterTechnique;

class MoverTest extends ManagerFixture {
  private final FakeTechnique.Kernel otherKernel = new FakeTechnique.Kernel();
  private FakeTechnique other = new FakeTechnique(otherKernel);
  private final CountDownLatch open = new CountDownLatch(1);

  @BeforeEach
  void addPorts() throws VirtException {
    for (int i = 0; i < 3; i++) {
      links.add("vnet" + i, 5 + i, Link.Flag.UP);
      manager.bind(binding("vnet" + i, "clean-traffic", "IP", "10.1.2." + i));
    }
  }

  private void addOther(int ranking) {
    manager.addTechnique(
        other, Map.of(FilterTechnique.NAME, "other", Constants.SERVICE_RANKING, ranking));
  }

  private CompletableFuture<Void> choose(String name) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            manager.selectTechnique(name);
          } catch (VirtException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private CompletableFuture<Void> holdUpAMove() {
    addOther(-1);
    other.gate = open;
    CompletableFuture<Void> move = choose("other");
    await("held up", () -> other.held.get() > 0);
    return move;
  }

  private void letGo(CompletableFuture<Void> move) throws Exception {
    open.countDown();
    move.get(10, TimeUnit.SECONDS);
  }

  @Test
  void leavesTheOldRulesUntilTheNewOnesAreThere() throws Exception {
    CompletableFuture<Void> move = holdUpAMove();
    assertEquals(Enforcement.SWITCHING, status("vnet0").enforcement());
    assertEquals("moves from fake to other", status("vnet0").reason());
    assertEquals("fake", status("vnet0").technique());
    assertEquals(3, kernel.programs.size());
    letGo(move);
    assertEquals(3, otherKernel.programs.size());
    assertTrue(kernel.programs.isEmpty(), "the old rules are gone");
    assertEquals(Enforcement.IN_FORCE, status("vnet0").enforcement());
    assertEquals("other", status("vnet0").technique());
    assertTrue(links.isUp(5));
  }

  @Test
  void givesAnAddressThatIsLearnedMeanwhileToBoth() throws Exception {
    links.add("vnet9", 19);
    manager.bind(binding("vnet9", "clean-traffic", "CTRL_IP_LEARNING", "dhcp"));
    InetAddress first = InetAddress.getByName("10.1.3.1");
    InetAddress second = InetAddress.getByName("10.1.3.2");
    sinks.get(19).learned(first, Source.DHCP, Optional.empty());
    await("bound", () -> status("vnet9").learning() == Learning.BOUND);
    CompletableFuture<Void> move = holdUpAMove();
    sinks.get(19).learned(second, Source.DHCP, Optional.empty());
    await("in the old one", () -> kernel.of(19).contains(second));
    sinks.get(19).released(first);
    await("not in the old one", () -> !kernel.of(19).contains(first));
    letGo(move);
    assertEquals(Set.of(second), otherKernel.of(19));
  }

  @Test
  void movesAPortWhoseFirstAddressIsLearnedMeanwhile() throws Exception {
    links.add("vnet9", 19);
    manager.bind(binding("vnet9", "clean-traffic"));
    CompletableFuture<Void> move = holdUpAMove();
    sinks.get(19).learned(InetAddress.getByName("10.1.3.1"), Source.ARP, Optional.empty());
    await("its rules are in the old one", () -> kernel.uses(19, "Lookup"));
    letGo(move);
    assertTrue(otherKernel.uses(19, "Lookup"));
    assertFalse(otherKernel.of(19).isEmpty());
    assertEquals(Enforcement.IN_FORCE, status("vnet9").enforcement());
  }

  @Test
  void compilesAddressesInForATechniqueWithoutLookups() throws Exception {
    other.lookups = false;
    links.add("vnet9", 19);
    manager.bind(binding("vnet9", "clean-traffic", "CTRL_IP_LEARNING", "dhcp"));
    sinks.get(19).learned(InetAddress.getByName("10.1.3.1"), Source.DHCP, Optional.empty());
    await("bound", () -> status("vnet9").learning() == Learning.BOUND);
    CompletableFuture<Void> move = holdUpAMove();
    sinks.get(19).learned(InetAddress.getByName("10.1.3.2"), Source.DHCP, Optional.empty());
    await("in the old one", () -> kernel.of(19).size() == 2);
    letGo(move);
    assertFalse(otherKernel.uses(19, "Lookup"));
    assertTrue(otherKernel.uses(19, "10.1.3.1"));
    assertTrue(otherKernel.uses(19, "10.1.3.2"));
    manager.selectTechnique("fake");
    assertTrue(kernel.uses(19, "Lookup"));
    assertEquals(2, kernel.of(19).size());
    assertTrue(otherKernel.programs.isEmpty());
  }

  @Test
  void protectsAPortThatIsBoundMeanwhileAndForgetsOneThatGoes() throws Exception {
    CompletableFuture<Void> move = holdUpAMove();
    links.add("vnet9", 19);
    manager.bind(binding("vnet9", "clean-traffic", "IP", "10.1.3.1"));
    assertTrue(kernel.programs.containsKey(19), "protected by the old one");
    manager.unbind(new PortId("vnet1"));
    links.vanish(7);
    await("gone", () -> !kernel.programs.containsKey(7));
    letGo(move);
    assertEquals(Set.of(5, 19), otherKernel.programs.keySet());
    assertTrue(kernel.programs.isEmpty());
  }

  @Test
  void aDefinitionThatComesMeanwhileIsInBoth() throws Exception {
    links.add("vnet9", 19);
    manager.define("<filter name='f'><rule action='drop' direction='out'/></filter>");
    manager.bind(binding("vnet9", "f"));
    CompletableFuture<Void> move = holdUpAMove();
    manager.define(
        "<filter name='f'><rule action='drop' direction='out'><arp opcode='1'/></rule></filter>");
    assertTrue(kernel.uses(19, "ARP_OPERATION"));
    letGo(move);
    assertTrue(otherKernel.uses(19, "ARP_OPERATION"));
  }

  @Test
  void aPortThatCannotBeMovedKeepsItsRules() throws Exception {
    addOther(-1);
    other.failing.add("vnet1");
    VirtException e = assertThrows(VirtException.class, () -> manager.selectTechnique("other"));
    assertEquals(ErrorCode.BUILD_FIREWALL, e.code());
    assertTrue(e.getMessage().contains("[vnet1]"), e.getMessage());
    assertTrue(e.getMessage().contains("the kernel says no"), e.getMessage());
    assertEquals(Set.of(6), kernel.programs.keySet());
    assertEquals(Set.of(5, 7), otherKernel.programs.keySet());
    assertEquals(Enforcement.FAILED, status("vnet1").enforcement());
    assertEquals("fake", status("vnet1").technique());
    assertTrue(links.isUp(6));
    other.failing.clear();
    await("tried again", () -> status("vnet1").technique().equals("other"));
    await("the old rules are gone", kernel.programs::isEmpty);
  }

  @Test
  void aTechniqueThatTakesNoPortIsNotUsed() throws Exception {
    addOther(-1);
    other.commitFails = new OutOfMemoryError("injected");
    assertMessage("injected", () -> manager.selectTechnique("other"));
    await("as before", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals("fake", status("vnet0").technique());
    assertEquals("fake", manager.techniques().get(0).name());
    other.commitFails = null;
    manager.selectTechnique("other");
    assertEquals("other", status("vnet0").technique());
  }

  @Test
  void aBetterTechniqueThatComesTakesThePortsOver() throws Exception {
    addOther(100);
    await("moved", () -> status("vnet0").technique().equals("other"));
    await("old rules gone", kernel.programs::isEmpty);
    assertEquals(3, otherKernel.programs.size());
  }

  @Test
  void aTechniqueThatLeavesMeanwhileChangesNothing() throws Exception {
    CompletableFuture<Void> move = holdUpAMove();
    manager.removeTechnique(other);
    open.countDown();
    assertThrows(Exception.class, () -> move.get(10, TimeUnit.SECONDS));
    await("as before", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(3, kernel.programs.size());
    assertEquals(3, otherKernel.programs.size(), "nobody can remove them");
    other = new FakeTechnique(otherKernel);
    addOther(-1);
    await("leftovers are removed", otherKernel.programs::isEmpty);
    assertEquals(Enforcement.IN_FORCE, status("vnet0").enforcement());
  }

  @Test
  void rulesOfATechniqueThatLeftForGoodAreRemovedWhenItReturns() throws Exception {
    addOther(-1);
    manager.removeTechnique(technique);
    await("orphaned", () -> status("vnet0").enforcement() == Enforcement.ORPHANED);
    await("taken over", () -> status("vnet0").technique().equals("other"));
    assertEquals(3, kernel.programs.size(), "old rules stay: nobody can remove them");
    manager.addTechnique(
        new FakeTechnique(kernel),
        Map.of(FilterTechnique.NAME, "fake", Constants.SERVICE_RANKING, -2));
    await("removed", kernel.programs::isEmpty);
    assertEquals("other", status("vnet0").technique());
  }

  @Test
  void rulesOfAPortThatCouldNotBeMovedAreWatchedAfterARestart() throws Exception {
    addOther(-1);
    other.failing.add("vnet0");
    assertThrows(Exception.class, () -> choose("other").get(10, TimeUnit.SECONDS));
    await("the others are moved", () -> status("vnet1").technique().equals("other"));
    assertEquals("fake", status("vnet0").technique());
    manager.stop();

    begin();
    other = new FakeTechnique(otherKernel);
    other.failing.add("vnet0");
    addOther(100);
    await("the others are back", () -> status("vnet1").enforcement() == Enforcement.IN_FORCE);
    technique = new FakeTechnique(kernel);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    await("its rules are watched", () -> technique.watcher != null);
    technique.flush();
    technique.watcher.changed("nft (17)");
    await("its link is down", () -> !links.isUp(5));
  }

  @Test
  void waitsAfterARestartForTheTechniqueThatHasTheRules() throws Exception {
    manager.stop();
    begin();
    addOther(100);
    await("loaded", () -> manager.status().size() == 3);
    assertEquals(Enforcement.ORPHANED, status("vnet0").enforcement());
    assertTrue(links.isUp(5));
    assertTrue(otherKernel.programs.isEmpty());
    technique = new FakeTechnique(kernel);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    await("the better one follows", () -> status("vnet0").technique().equals("other"));
    assertEquals(0, technique.commits.get());
    assertTrue(links.isUp(5));
  }
}
