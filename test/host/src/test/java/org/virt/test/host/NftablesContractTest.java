package org.virt.test.host;

import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FilterTechniqueContract;
import org.virt.test.contract.FrameLab;
import org.virt.test.host.lab.PrivateNetwork;

@PrivateNetwork
class NftablesContractTest extends FilterTechniqueContract {
  @Override
  protected FrameLab openLab() throws Exception {
    return new LabFrameLab();
  }

  @Override
  protected FilterTechnique start() {
    return new NftablesTechnique();
  }

  @Override
  protected void stop(FilterTechnique running) {
    ((NftablesTechnique) running).close();
  }
}
