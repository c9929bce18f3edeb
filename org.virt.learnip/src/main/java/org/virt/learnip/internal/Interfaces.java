package org.virt.learnip.internal;

import java.net.InetAddress;
import java.util.Set;
import org.virt.spi.nwfilter.PortRef;

/** What the learner asks about the interfaces of the host. */
interface Interfaces {
  /** Says what an interface that no port is known of is to a bridge. */
  Role role(int index);

  /** Returns the index of the bridge that a port belongs to; 0 for none. */
  int bridge(PortRef port);

  /**
   * Returns the index of the device below a macvtap, whose guest's frames go out by it; 0 for other
   * ports.
   */
  int below(PortRef port);

  /** Returns the indexes of the bridges that ports are known to belong to. */
  Set<Integer> bridges();

  /** Says whether a bridge has an address: it is a gateway's. */
  boolean bridgeHas(int bridge, InetAddress address);

  /**
   * Says whether an address is the broadcast address, or that of the network or its routers
   * (anycast), in a network of a bridge: no host has it.
   */
  boolean isOfNobody(int bridge, InetAddress address);

  /** Says whether the host itself has an address. */
  boolean hostHas(InetAddress address);

  /** Hears what has changed meanwhile, so that the next question has less to hear. */
  void hear();

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
