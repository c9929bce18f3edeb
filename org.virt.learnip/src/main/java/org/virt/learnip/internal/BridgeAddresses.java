package org.virt.learnip.internal;

import java.net.InetAddress;
import org.virt.spi.nwfilter.PortRef;

/** Says which addresses the host has where guests meet it: they are gateways' and no guest's. */
@FunctionalInterface
interface BridgeAddresses {
  /** Says whether the bridge that a port belongs to has an address. */
  boolean has(PortRef port, InetAddress address);
}
