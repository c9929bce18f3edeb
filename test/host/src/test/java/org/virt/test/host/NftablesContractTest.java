package org.virt.test.host;

import java.util.Optional;
import org.virt.common.process.Command;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FilterTechniqueContract;
import org.virt.test.contract.FrameLab;
import org.virt.test.host.lab.PrivateNetwork;

/** The kernel's rules obey the contract. */
@PrivateNetwork
class NftablesContractTest extends FilterTechniqueContract {
  @Override
  protected FrameLab openLab() throws Exception {
    return new BridgeFrameLab(new NftablesForeign());
  }

  @Override
  protected FilterTechnique start() {
    return new NftablesTechnique();
  }

  @Override
  protected void stop(FilterTechnique running) {
    ((NftablesTechnique) running).close();
  }

  /** While the first one lives the table is its own. */
  @Override
  protected Optional<FilterTechnique> refused() {
    return Optional.of(new NftablesTechnique());
  }

  @Override
  protected String rules() throws Exception {
    return Command.of("nft", "list", "table", "bridge", "org_virt").require();
  }
}
