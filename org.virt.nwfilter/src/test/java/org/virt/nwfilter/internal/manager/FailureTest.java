package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.spi.nwfilter.FilterTechnique;

/**
 * Each step from the filter to the kernel fails once: the port has its old rules, or none and its
 * link is down.
 */
class FailureTest extends ManagerFixture {
  private static final VirtException REFUSED =
      new VirtException(ErrorCode.BUILD_FIREWALL, "injected: the tool is missing");

  private void bindUp() throws VirtException {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    assertTrue(links.isUp(5));
  }

  private void assertOldRules() {
    assertTrue(kernel.uses(5, "10.1.2.3"));
    assertFalse(kernel.of(5).isEmpty());
    assertTrue(links.isUp(5));
    assertEquals(FilterTechnique.PORT_GROUP, links.links.get(5).group());
  }

  private void assertClosed(String reason) {
    assertEquals(Enforcement.FAILED, status("vnet0").enforcement());
    assertTrue(status("vnet0").reason().contains(reason), status("vnet0").reason());
    assertNull(kernel.programs.get(5));
    assertFalse(links.isUp(5));
  }

  private void bindWithFailure(String reason) {
    links.add("vnet0", 5, Link.Flag.UP);
    assertMessage(reason, () -> manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3")));
    assertClosed(reason);
    technique.prepareFails = null;
    technique.commitFails = null;
    await("tried again", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertOldRules();
  }

  private void bindAgainWithFailure(String reason) throws VirtException {
    bindUp();
    if (reason.contains("prepare")) {
      technique.prepareFails = new IllegalStateException(reason);
    } else {
      technique.commitFails = new IllegalStateException(reason);
    }
    assertMessage(reason, () -> manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.4")));
    assertOldRules();
    technique.prepareFails = null;
    technique.commitFails = null;
    await("as before", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertOldRules();
  }

  @Test
  void aFilterThatCannotBeParsedChangesNothing() throws Exception {
    bindUp();
    assertMessage("f", () -> manager.define("<filter name='f'><rule action='accept'/></filter>"));
    assertMessage("line", () -> manager.define("<filter name='f'><rule"));
    assertOldRules();
    assertEquals(1, technique.commits.get());
  }

  @Test
  void aFilterThatCannotBeCompiledChangesNothing() throws Exception {
    bindUp();
    manager.define(
        "<filter name='f'><rule action='accept' direction='out'><tcp dstportstart='$P'/></rule></filter>");
    assertMessage("P", () -> manager.bind(binding("vnet0", "f")));
    assertMessage("nosuch", () -> manager.bind(binding("vnet0", "f", "P", "nosuch")));
    assertOldRules();
    assertEquals("clean-traffic", manager.bindings().get(0).filter().filter());
  }

  @Test
  void aToolThatIsMissingClosesAFreshPort() {
    technique.prepareFails = REFUSED;
    bindWithFailure("the tool is missing");
  }

  @Test
  void aToolThatIsMissingLeavesOldRules() throws Exception {
    bindAgainWithFailure("injected in prepare");
  }

  @Test
  void aCommitThatFailsClosesAFreshPort() {
    technique.commitFails = REFUSED;
    bindWithFailure("injected");
  }

  @Test
  void aCommitThatFailsLeavesOldRules() throws Exception {
    bindAgainWithFailure("injected in commit");
  }

  @Test
  void aFreshPortIsClosedWhileThePortAtFaultIsLookedFor() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    links.add("vnet1", 6, Link.Flag.UP);
    technique.failing.add("vnet1");
    technique.second = new CountDownLatch(1);
    manager.removeTechnique(technique);
    List<CompletableFuture<Void>> calls =
        List.of(
            CompletableFuture.runAsync(() -> bindOrNot("vnet0")),
            CompletableFuture.runAsync(() -> bindOrNot("vnet1")));
    await("both known", () -> manager.bindings().size() == 2);
    links.up(5);
    links.up(6);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    await("held up", () -> technique.held.get() > 0);
    assertFalse(links.isUp(5));
    assertFalse(links.isUp(6));
    technique.second.countDown();
    for (CompletableFuture<Void> call : calls) {
      call.get(10, TimeUnit.SECONDS);
    }
    assertTrue(links.isUp(5));
    assertFalse(links.isUp(6));
  }

  private void bindOrNot(String port) {
    try {
      manager.bind(binding(port, "clean-traffic", "IP", "10.1.2.3"));
    } catch (VirtException e) {
      assertTrue(e.getMessage().contains("the kernel says no"), e.getMessage());
    }
  }

  @Test
  void aPortWithoutRulesThatSomebodyPutsUpGoesDownAgain() {
    for (Link.Flag[] before : new Link.Flag[][] {{Link.Flag.UP}, {}}) {
      links.add("vnet0", 5, before);
      technique.commitFails = REFUSED;
      assertMessage("injected", () -> manager.bind(binding("vnet0", "clean-traffic")));
      assertClosed("injected");
      links.up(5);
      links.listener.changed(links.links.get(5));
      await("down again", () -> !links.isUp(5));
      assertClosed("injected");
    }
  }

  @Test
  void aPortThatIsPutUpBeforeATechniqueComesGoesDownAgain() {
    manager.removeTechnique(technique);
    links.add("vnet0", 5, Link.Flag.UP);
    assertMessage("no filter technique", () -> manager.bind(binding("vnet0", "clean-traffic")));
    assertFalse(links.isUp(5));
    links.up(5);
    links.listener.changed(links.links.get(5));
    await("down again", () -> !links.isUp(5));
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    await("protected", () -> kernel.programs.containsKey(5));
    await("up", () -> links.isUp(5));
  }

  @Test
  void noMemoryToTranslateClosesAFreshPort() {
    technique.prepareFails = new OutOfMemoryError("injected: heap");
    bindWithFailure("injected: heap");
  }

  @Test
  void noMemoryToCommitClosesAFreshPort() {
    technique.commitFails = new OutOfMemoryError("injected: heap");
    bindWithFailure("injected: heap");
  }

  @Test
  void noMemoryToRedefineLeavesOldRulesOfAll() throws Exception {
    manager.define("<filter name='f'><rule action='drop' direction='out'/></filter>");
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "f"));
    String before = manager.filter("f").xml();
    technique.commitFails = new OutOfMemoryError("injected: heap");
    assertMessage(
        "injected: heap",
        () ->
            manager.define(
                "<filter name='f'><rule action='drop' direction='out'><arp opcode='1'/></rule></filter>"));
    assertEquals(before, manager.filter("f").xml());
    assertFalse(kernel.uses(5, "ARP_OPERATION"));
    assertTrue(links.isUp(5));
  }

  @Test
  void anInterfaceThatGoesWhileItIsBoundLeavesNothing() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    technique.gate = new CountDownLatch(1);
    CompletableFuture<Void> call =
        CompletableFuture.runAsync(
            () ->
                assertMessage(
                    "", () -> manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"))));
    await("held up", () -> technique.held.get() > 0);
    links.vanish(5);
    technique.gate.countDown();
    call.get(10, TimeUnit.SECONDS);
    await("no binding", () -> manager.bindings().isEmpty());
    await("no rules", kernel.programs::isEmpty);
  }

  @Test
  void aBundleThatGoesLeavesRulesAndClosesWhatItNeverProtected() throws Exception {
    bindUp();
    manager.removeTechnique(technique);
    await("orphaned", () -> status("vnet0").enforcement() == Enforcement.ORPHANED);
    assertOldRules();
    links.add("vnet1", 6, Link.Flag.UP);
    assertMessage(
        "no filter technique",
        () -> manager.bind(binding("vnet1", "clean-traffic", "IP", "10.1.2.4")));
    assertFalse(links.isUp(6));
    manager.addTechnique(new FakeTechnique(kernel), Map.of(FilterTechnique.NAME, "fake"));
    await("both", () -> status("vnet1").enforcement() == Enforcement.IN_FORCE);
    assertTrue(links.isUp(6));
    assertOldRules();
  }

  @Test
  void aRuntimeThatIsKilledLeavesRulesAndFindsThemAgain() throws Exception {
    bindUp();
    // No stop: what is on disk and in the kernel is all that is left.
    NetworkFilterManager killed = manager;
    technique = new FakeTechnique(kernel);
    start();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, technique.commits.get());
    assertOldRules();
    killed.stop();
  }

  @Test
  void aRuntimeThatIsKilledBeforeItsCommitClosesThePort() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    technique.gate = new CountDownLatch(1);
    FakeTechnique first = technique;
    CompletableFuture<Void> call =
        CompletableFuture.runAsync(
            () -> {
              try {
                manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
              } catch (VirtException e) {
                throw new IllegalStateException(e);
              }
            });
    await("held up", () -> technique.held.get() > 0);
    NetworkFilterManager killed = manager;
    technique = new FakeTechnique(kernel);
    start();
    await("in force", () -> kernel.uses(5, "10.1.2.3"));
    await("told", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertOldRules();
    first.commitFails = REFUSED;
    first.gate.countDown();
    call.handle((ok, error) -> null).get(10, TimeUnit.SECONDS);
    killed.stop();
  }

  @Test
  void anAddressThatCannotBeSharedOpensNothing() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic"));
    technique.commitFails = new OutOfMemoryError("injected: heap");
    sinks.get(5).learned(InetAddress.getByName("10.1.2.3"), Source.ARP, Optional.empty());
    await("failed", () -> status("vnet0").enforcement() == Enforcement.FAILED);
    assertFalse(kernel.uses(5, "Lookup"), "the learning program decides");
    technique.commitFails = null;
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
  }

  @Test
  void rulesThatSomebodyRemovedAreAppliedAgain() throws Exception {
    bindUp();
    links.received.put(5, 7L);
    technique.flush();
    technique.watcher.changed("nft (17)");
    await("told", () -> status("vnet0").reason().startsWith("nft (17) changed its rules"));
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertOldRules();
  }

  @Test
  void lostNoticesCloseThePortUntilAllIsAppliedAgain() throws Exception {
    bindUp();
    int before = technique.held.get();
    technique.gate = new CountDownLatch(1);
    technique.watcher.lost();
    await("held up", () -> technique.held.get() > before);
    assertFalse(links.isUp(5), "what is there is not trusted");
    technique.gate.countDown();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertOldRules();
  }

  @Test
  void rulesThatSomebodyRemovedAndThatCannotBeAppliedLeaveTheLinkDown() throws Exception {
    bindUp();
    technique.flush();
    technique.commitFails = REFUSED;
    technique.watcher.changed("nft (17)");
    await("failed", () -> status("vnet0").enforcement() == Enforcement.FAILED);
    assertClosed("the tool is missing");
    technique.commitFails = null;
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertTrue(links.isUp(5));
  }
}
