package org.virt.learnip.internal;

import java.util.Set;

/**
 * What of one interface's traffic is to be captured, beside the answers of DHCP servers: those that
 * come in are captured everywhere, those that go out where there is a watch.
 *
 * @param index the interface
 * @param wants which frames
 * @param guestBehind the guest's frames come out of this interface as a macvtap's do: what the host
 *     "sends" on it is what the guest sent
 */
record Watch(int index, Set<Want> wants, boolean guestBehind) {
  Watch {
    wants = Set.copyOf(wants);
  }

  /** Which frames. */
  enum Want {
    /** The guest's requests to DHCP servers. */
    DHCP,
    /** The guest's ARP. */
    ARP,
    /** The guest's IPv4 packets. */
    IPV4,
    /** The guest's neighbour solicitations and advertisements. */
    ND,
    /** The guest's IPv6 packets. */
    IPV6,
    /** ARP replies towards the guest. */
    ARP_REPLY_IN,
    /** Neighbour advertisements towards the guest. */
    ADVERTISEMENT_IN,
    /** Nothing but the answers of DHCP servers that the host sends there. */
    ANSWERS,
    /** Nothing of the guest, not even what looks like a DHCP server's answer. */
    MUTED
  }
}
