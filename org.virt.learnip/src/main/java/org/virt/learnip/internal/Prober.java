package org.virt.learnip.internal;

import java.net.InetAddress;
import org.virt.spi.nwfilter.PortRef;

/** Asks who has an address. */
interface Prober {
  /** Sends a probe to the guest of a port, past its filter; returns at once. */
  void probe(PortRef port, InetAddress address);

  /**
   * Sends what the guest of a port would send to find out whether somebody has an address, to
   * everybody on its bridge; returns at once. Answers go to the guest.
   */
  void ask(PortRef port, int bridge, InetAddress address);
}
