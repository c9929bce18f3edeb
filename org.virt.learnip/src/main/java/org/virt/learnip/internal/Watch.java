package org.virt.learnip.internal;

/**
 * What of one interface's traffic is to be captured.
 *
 * @param index the interface
 * @param want which frames
 * @param guestBehind the guest's frames come out of this interface as a macvtap's do: what the host
 *     "sends" on it is what the guest sent
 */
record Watch(int index, Want want, boolean guestBehind) {
  /** Which frames; each includes those before it. */
  enum Want {
    /** Answers of DHCP servers. */
    REPLIES,
    /** All DHCP. */
    DHCP,
    /** All ARP and IPv4 of the guest too. */
    EVERYTHING
  }
}
