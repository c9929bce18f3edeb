package org.virt.learnip.internal;

import java.net.InetAddress;
import org.virt.spi.nwfilter.PortRef;

/** Asks a guest whether it still has an address. */
@FunctionalInterface
interface Prober {
  /** Sends a probe to the guest of a port, past its filter; returns at once. */
  void probe(PortRef port, InetAddress address);
}
