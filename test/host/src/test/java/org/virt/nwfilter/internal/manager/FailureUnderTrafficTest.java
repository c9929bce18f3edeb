package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.test.host.lab.Lab;

/**
 * The kernel and the tools fail while a guest spoofs a thousand times a second: its port has its
 * old rules, or its link is down.
 */
class FailureUnderTrafficTest extends TechniquesLab {
  private static final int ROUNDS = 6;
  private static final String STRICT =
      "<filter name='strict'><filterref filter='clean-traffic'/>"
          + "<rule action='drop' direction='out'><udp dstportstart='53'/></rule></filter>";
  private static final String STRICTER = STRICT.replace("53", "5353");

  private final NftablesTechnique other = new NftablesTechnique();

  @BeforeEach
  void define() throws Exception {
    port.lab.trackConnections("192.0.2.1/24");
    port.manager.define(STRICT);
  }

  @AfterEach
  void closeOther() {
    other.close();
  }

  private void bindFails() {
    assertThrows(VirtException.class, () -> port.bind("strict"));
    assertFalse(port.isUp());
  }

  /** The port was open; from the refusal on nothing passes, and then what may. */
  private void comesIntoForce(Traffic traffic) throws Exception {
    port.await(Enforcement.IN_FORCE);
    traffic.awaitHonest();
    traffic.endWithNothingSpoofed();
    port.assertFiltered();
  }

  @ParameterizedTest
  @EnumSource
  void closesAFreshPortWhoseToolFails(BrokenTool.Fault fault) throws Exception {
    add(Kind.EBTABLES);
    try (Traffic traffic = Traffic.unguarded(port)) {
      try (BrokenTool broken = BrokenTool.with(fault, home)) {
        bindFails();
        traffic.guard();
        traffic.awaitMore();
        Lab.ip("link set vnet0 up");
        Lab.await("down again", () -> !port.isUp());
        traffic.awaitMore();
      }
      comesIntoForce(traffic);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheOldRulesWhenTheToolFails(BrokenTool.Fault fault) throws Exception {
    add(Kind.EBTABLES);
    port.bind("strict");
    try (Traffic traffic = Traffic.guarded(port)) {
      try (BrokenTool broken = BrokenTool.with(fault, home)) {
        assertThrows(VirtException.class, () -> port.manager.define(STRICTER));
        goesOn(traffic, fault);
        assertThrows(VirtException.class, port::bind);
        goesOn(traffic, fault);
      }
      comesIntoForce(traffic);
    }
    if (fault != BrokenTool.Fault.KILLED_AFTERWARDS) {
      assertEquals("strict", port.manager.bindings().get(0).filter().filter());
    }
    assertTrue(port.manager.filter("strict").xml().contains("'53'"));
  }

  private static void goesOn(Traffic traffic, BrokenTool.Fault fault) {
    if (fault == BrokenTool.Fault.KILLED_AFTERWARDS) {
      traffic.awaitMore(); // what is in force is not known, and the port is closed
    } else {
      traffic.awaitHonest();
    }
  }

  @Test
  void closesAFreshPortWhenTheKernelRefuses() throws Exception {
    port.holdTables(other);
    add(Kind.NFTABLES);
    try (Traffic traffic = Traffic.unguarded(port)) {
      bindFails();
      traffic.guard();
      traffic.awaitMore();
      other.close();
      comesIntoForce(traffic);
    }
  }

  @Test
  void keepsTheOldRulesWhenThoseOfAnotherTechniqueCannotBeApplied() throws Exception {
    add(Kind.NFTABLES);
    add(Kind.EBTABLES);
    port.bind("strict");
    try (Traffic traffic = Traffic.guarded(port)) {
      try (BrokenTool broken = BrokenTool.with(BrokenTool.Fault.KILLED, home)) {
        assertThrows(VirtException.class, () -> port.manager.selectTechnique("ebtables"));
        traffic.awaitHonest();
      }
      port.awaitInForce("nftables");
      comesIntoForce(traffic);
    }
  }

  @Test
  void keepsTheOldRulesWhenTheBundleLeavesDuringAChange() throws Exception {
    add(Kind.NFTABLES);
    port.bind("strict");
    try (Traffic traffic = Traffic.guarded(port)) {
      for (int i = 0; i < ROUNDS; i++) {
        String wanted = i % 2 == 0 ? STRICTER : STRICT;
        CompletableFuture<Void> change = CompletableFuture.runAsync(() -> defineOrNot(wanted));
        port.manager.removeTechnique(nftables);
        nftables.close();
        change.get(10, TimeUnit.SECONDS);
        nftables = new NftablesTechnique();
        add(Kind.NFTABLES);
        port.awaitInForce("nftables");
      }
      traffic.awaitHonest();
      traffic.endWithNothingSpoofed();
    }
  }

  private void defineOrNot(String filter) {
    try {
      port.manager.define(filter);
    } catch (VirtException e) {
      // It went before the definition began, or in the midst of it.
      String refused = "define filter strict: .*(technique|use nftables: it has been stopped).*";
      assertTrue(e.getMessage().matches(refused), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingOfAnInterfaceThatGoesWhileItIsBound(Kind kind) throws Exception {
    add(kind);
    for (int i = 0; i < ROUNDS; i++) {
      CompletableFuture<Void> binding = CompletableFuture.runAsync(this::bindOrNot);
      if (i % 2 == 0) {
        Lab.await("it begins", () -> !port.manager.bindings().isEmpty() || binding.isDone());
      }
      port.replug();
      binding.get(10, TimeUnit.SECONDS);
      port.replug();
    }
    port.bind("strict");
    port.assertFiltered();
    assertEquals(1, technique(kind).list().size());
  }

  private void bindOrNot() {
    try {
      port.bind("strict");
    } catch (VirtException e) {
      assertTrue(e.getMessage().contains("vnet0"), e.getMessage());
    }
  }
}
