package org.virt.nwfilter.ebtables.internal;

import org.virt.api.PortId;
import org.virt.spi.nwfilter.Protocol;

/** What rules about packets need of the host. */
interface HostFacts {
  /** Refuses unless bridged packets of a family go through iptables. */
  void requireBridged(Protocol.Layer layer) throws Refused;

  /** Refuses unless an answer to a packet that a port's rules refuse can be sent. */
  void requireAnswers(PortId port, Protocol.Layer layer) throws Refused;

  /** Refuses unless there is an ipset of the name. */
  void requireSet(String name) throws Refused;
}
