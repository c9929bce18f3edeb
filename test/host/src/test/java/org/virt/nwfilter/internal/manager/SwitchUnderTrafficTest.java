package org.virt.nwfilter.internal.manager;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;

/**
 * Ports move between the two techniques, and techniques come and go, while a guest sends a thousand
 * honest and a thousand spoofed frames a second.
 */
class SwitchUnderTrafficTest extends TechniquesLab {
  private static final int TIMES = 20;

  @BeforeEach
  void bind() throws Exception {
    add(Kind.NFTABLES);
    port.bind();
  }

  @Test
  void losesNothingAndLetsNothingThroughWhilePortsMove() throws Exception {
    add(Kind.EBTABLES);
    try (Traffic traffic = Traffic.guarded(port)) {
      for (int i = 0; i < TIMES; i++) {
        String name = i % 2 == 0 ? "ebtables" : "nftables";
        port.manager.selectTechnique(name);
        port.awaitInForce(name);
      }
      traffic.endWithNothingLost();
    }
  }

  @Test
  void losesNothingAndLetsNothingThroughWhileATechniqueIsUpdated() throws Exception {
    try (Traffic traffic = Traffic.guarded(port)) {
      for (int i = 0; i < TIMES; i++) {
        port.manager.removeTechnique(nftables);
        port.await(Enforcement.ORPHANED);
        nftables.close();
        nftables = new NftablesTechnique();
        add(Kind.NFTABLES);
        port.awaitInForce("nftables");
      }
      traffic.endWithNothingLost();
    }
  }
}
