package org.virt.learnip.internal;

import java.net.InetAddress;
import org.virt.spi.nwfilter.PortRef;

/** What the learner asks about the interfaces of the host. */
interface Interfaces {
  /** Says what an interface that no port is known of is to a bridge. */
  Role role(int index);

  /** Says whether the bridge that a port belongs to has an address: it is a gateway's. */
  boolean bridgeHas(PortRef port, InetAddress address);

  /** What an interface is to a bridge. */
  enum Role {
    /** A port of a bridge that is not filtered: the network, or a guest that nobody filters. */
    NETWORK,
    /** The physical device under filtered macvtaps. */
    LINK_DEVICE,
    /** A bridge: what comes in by it has come in by a port before. */
    BRIDGE,
    /** Anything else, also a filtered port that is not known yet. */
    OTHER
  }
}
