package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.test.host.lab.PrivateNetwork;

/**
 * Ports move between the two techniques, and techniques come and go, while a guest sends a thousand
 * honest and a thousand spoofed frames a second.
 */
@PrivateNetwork
class SwitchUnderTrafficTest {
  private static final int TIMES = 20;

  private NftablesTechnique nftables = new NftablesTechnique();
  private final EbtablesTechnique ebtables = new EbtablesTechnique();
  @TempDir private Path home;
  private PortLab port;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(nftables.probe().usable(), "nftables cannot be used");
    assumeTrue(ebtables.probe().usable(), "ebtables cannot be used");
    port = PortLab.open(home);
    port.add("nftables", nftables, 100);
    port.bind();
  }

  @AfterEach
  void close() throws Exception {
    if (port != null) {
      port.close(nftables::close, ebtables::close);
    }
  }

  @Test
  void losesNothingAndLetsNothingThroughWhilePortsMove() throws Exception {
    port.add("ebtables", ebtables, 50);
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
        port.add("nftables", nftables, 100);
        port.awaitInForce("nftables");
      }
      traffic.endWithNothingLost();
    }
  }
}
