package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.common.process.Command;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/**
 * A macvtap, which no rule of a bridge sees: when its guest's frames pass, and when they do not.
 */
@PrivateNetwork
class MacvtapPortTest {
  private final NftablesTechnique technique = new NftablesTechnique();
  private final NftablesTechnique other = new NftablesTechnique();
  @TempDir private Path home;
  private PortLab port;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        technique.probe().details().stream().anyMatch(d -> d.contains("judged at the device")),
        "rules at a device's egress need Linux 5.16");
    port = PortLab.openDirect(home);
  }

  @AfterEach
  void close() throws Exception {
    if (port != null) {
      port.close(technique::close, other::close);
    }
  }

  private void add() {
    port.add("nftables", technique, 100);
  }

  @Test
  void isFilteredWhenItsBindingReturns() throws Exception {
    add();
    assertTrue(port.leaves(PortLab.FOREIGN), "nothing filters it yet");
    port.bind();
    port.assertFiltered();
  }

  @Test
  void isDownUntilATechniqueHasItsRules() throws Exception {
    assertThrows(VirtException.class, port::bind);
    assertFalse(port.isUp());
    add();
    port.await(Enforcement.IN_FORCE);
    port.assertFiltered();
  }

  @Test
  void isDownWhileItsRulesAreRefusedWhoeverPutsItUp() throws Exception {
    port.holdTables(other);
    add();
    VirtException refused = assertThrows(VirtException.class, port::bind);
    assertTrue(refused.getMessage().contains("another running process"), refused.getMessage());
    assertFalse(port.isUp());
    for (int i = 0; i < 5; i++) {
      Lab.ip("link set mvt0 up");
      Lab.await("down again", () -> !port.isUp());
    }
    other.close();
    port.await(Enforcement.IN_FORCE);
    port.assertFiltered();
  }

  @Test
  void isFilteredAgainUnderTheSameName() throws Exception {
    add();
    port.bind();
    int first = port.guest().port().index();
    port.replug();
    port.bind();
    port.assertFiltered();
    port.manager.unbind(port.guest().id());
    String left = Command.of("nft", "list", "table", "netdev", "org_virt").require();
    assertFalse(left.contains("_" + first + " "), left);
    assertTrue(port.leaves(PortLab.FOREIGN), "nothing filters it any more");
  }
}
