package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.host.lab.PrivateNetwork;

/** A guest's port that either technique may protect; none of them is there yet. */
@PrivateNetwork
abstract class TechniquesLab {
  final EbtablesTechnique ebtables = new EbtablesTechnique();
  NftablesTechnique nftables = new NftablesTechnique();
  @TempDir Path home;
  PortLab port;

  /** The techniques. */
  enum Kind {
    NFTABLES("nftables", 100),
    EBTABLES("ebtables", 50);

    final String title;
    private final int ranking;

    Kind(String title, int ranking) {
      this.title = title;
      this.ranking = ranking;
    }
  }

  @BeforeEach
  void openPort() throws Exception {
    assumeTrue(nftables.probe().usable(), "nftables cannot be used");
    assumeTrue(ebtables.probe().usable(), "ebtables cannot be used");
    port = PortLab.open(home.resolve("state"));
  }

  @AfterEach
  void closePort() throws Exception {
    if (port != null) {
      port.close(nftables::close, ebtables::close);
    }
  }

  FilterTechnique technique(Kind kind) {
    return kind == Kind.NFTABLES ? nftables : ebtables;
  }

  void add(Kind kind) {
    port.add(kind.title, technique(kind), kind.ranking);
  }
}
