package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.process.Command;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Lab;

/** A guest of a macvtap teaches before its rules let anything out, and nobody else does. */
class MacvtapLearningTest extends LearningLab {
  @BeforeEach
  void plug() throws Exception {
    assumeTrue(rules == Rules.NFTABLES, "ebtables has no rules for macvtaps");
    lab.unplug(guest);
    guest = lab.plugDirect("vnet0", 0);
  }

  private static String tables() throws VirtException {
    return Command.of("nft", "list", "tables").require();
  }

  private void seenTimes(long times) throws VirtException {
    assertEquals(times, manager.explain(guest.id()).counters().get("seen"));
  }

  @Test
  void learnsAStaticAddressThatNoRuleLetsOut() throws Exception {
    learns(guest, "any");
    assertFalse(lab.leaves(guest, announcement(guest, ADDRESS)), "it teaches, and goes no further");
    awaitBound(guest);
    seenTimes(1);
    onlyItsAddressPasses();
  }

  @Test
  void learnsFromTheFirstPacket() throws Exception {
    learns(guest, "any");
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)));
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  @Test
  void learnsAnAddressOfIpv6() throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6");
    guest.send(NeighborFrames.probe(guest.mac(), ADDRESS6));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet6(guest, ADDRESS6)));
    assertFalse(lab.leaves(guest, packet6(guest, FOREIGN6)));
  }

  @Test
  void learnsASecondAddressBesideTheFirstInModeSavi() throws Exception {
    learns(guest, "savi");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    assertFalse(lab.leaves(guest, announcement(guest, FOREIGN)));
    awaitEvent("LEARNED vnet0 " + FOREIGN);
    Lab.await("it is in the rules", () -> leaves(guest, packet(guest, FOREIGN)));
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
  }

  @Test
  void hearsARequestOnceAndBelievesTheServersAnswer() throws Exception {
    learns(guest, "any");
    leases(XID, 3600);
    awaitBound(guest);
    seenTimes(2);
    onlyItsAddressPasses();
  }

  @Test
  void learnsNothingThatOthersSendInItsName() throws Exception {
    learns(guest, "any");
    lab.uplink().send(announcement(guest, FOREIGN));
    lab.uplink().send(packet(guest, FOREIGN));
    other.send(announcement(guest, FOREIGN));
    onlyAnHonestClaimCounts();
  }

  @Test
  void leavesAnAddressWithAGuestThatCannotBeAsked() throws Exception {
    learns(guest, "savi");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    learns(other, "savi");
    other.send(announcement(other, ADDRESS));
    awaitEvent("CONFLICT vnet1 " + ADDRESS);
    assertFalse(lab.leaves(other, packet(other, ADDRESS)));
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
  }

  @Test
  void hearsAFloodingGuestWithinItsLimitOnly() throws Exception {
    learns(guest, "any");
    for (int i = 0; i < 2000; i++) {
      guest.send(packet(guest, "0.0.0.1"));
    }
    assertTrue(manager.explain(guest.id()).counters().get("seen") < 200);
    Lab.await("it is heard again", this::announcesUntilItIsBound);
    onlyItsAddressPasses();
  }

  private boolean announcesUntilItIsBound() {
    leaves(guest, announcement(guest, ADDRESS));
    return learning(guest) == Learning.BOUND;
  }

  @Test
  void closesNoTapThatComesUnderItsName() throws Exception {
    learns(guest, "any");
    lab.unplug(guest);
    Lab.await("the port is forgotten", () -> manager.status().isEmpty());
    guest = lab.plug("vnet0", group());
    learns(guest, "any");
    leases(XID, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
    lab.uplink().send(packet(lab.uplink(), GATEWAY));
    Lab.await("it is reached", () -> guest.await(1000));
  }

  @Test
  void leavesNoRulesBehind() throws Exception {
    learns(guest, "any");
    assertTrue(tables().contains("org_virt_learn"), "while it learns");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    lab.unplug(guest);
    Lab.await("the port is forgotten", () -> manager.status().isEmpty());
    guest = lab.plugDirect("vnet0", group());
    bind(guest, "clean-traffic");
    assertEquals(Learning.LEARNING, learning(guest));
    guest.send(announcement(guest, FOREIGN));
    awaitBound(guest);
    assertEquals(List.of(guest.id()), manager.status().stream().map(s -> s.port()).toList());
    endRuntime();
    Lab.await("they go with the learner", () -> !tablesNow().contains("org_virt_learn"));
  }

  private static String tablesNow() {
    try {
      return tables();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }
}
