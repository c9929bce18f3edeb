package org.virt.test.host;

import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.IpLab;
import org.virt.test.contract.TransportContract;
import org.virt.test.host.lab.PrivateNetwork;

/** Transport rules obey the contract, judged in the hooks of IP. */
@PrivateNetwork
class NftablesTransportTest extends TransportContract {
  @Override
  protected IpLab openLab() throws Exception {
    return new BridgeIpLab(new NftablesForeign(), FilterTechnique.PORT_GROUP);
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
