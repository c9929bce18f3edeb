package org.virt.test.host;

import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.test.contract.IpLab;
import org.virt.test.contract.TransportContract;
import org.virt.test.host.lab.PrivateNetwork;

/** Transport rules obey the contract, judged by iptables and ip6tables. */
@PrivateNetwork
class EbtablesTransportTest extends TransportContract {
  @Override
  protected IpLab openLab() throws Exception {
    return new BridgeIpLab(new EbtablesForeign(), new EbtablesTechnique().group());
  }

  @Override
  protected FilterTechnique start() {
    return new EbtablesTechnique();
  }

  @Override
  protected void stop(FilterTechnique running) {
    ((EbtablesTechnique) running).close();
  }

  /** iptables compares whole MAC addresses, and codes of ICMPv6 together with types. */
  @Override
  protected boolean supports(Protocol protocol, Match match) {
    boolean part =
        match.operand() instanceof Operand.Mac mac && !mac.mask().equals(Operand.Mac.WHOLE);
    return !part && (protocol != Protocol.ICMPV6 || match.field() != Field.ICMP_CODE);
  }

  /** What the host sends does not go through FORWARD, what it gets is dropped in INPUT. */
  @Override
  protected boolean judgesInTheBridge() {
    return false;
  }

  /** ebtables sees the type behind a tag, no more. */
  @Override
  protected boolean looksIntoTaggedPackets() {
    return false;
  }
}
