package org.virt.spi.learnip;

import java.util.Objects;
import java.util.Optional;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.PortRef;

/**
 * What is to be learned.
 *
 * @param port the port whose guest is listened to
 * @param linkDevice the physical device of a macvtap, where its frames are seen; else absent
 * @param mode what is believed
 * @param terms whom to believe, and what the port has already
 */
public record LearnRequest(PortRef port, Optional<PortId> linkDevice, Mode mode, LearnTerms terms) {
  public LearnRequest {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(linkDevice, "linkDevice");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(terms, "terms");
  }

  /** What is believed: libvirt's {@code CTRL_IP_LEARNING}, and two words more. */
  public enum Mode {
    /** DHCP, ARP, neighbour discovery or the first packet. */
    ANY,
    /** DHCP only. */
    DHCP,
    /**
     * DHCP; ARP and neighbour discovery once nobody else was found to have the address; other
     * packets only for what the port had before (RFC 7513, RFC 6620).
     */
    SAVI,
    /** As {@link #ANY}, but an address waits until a person approves it. */
    APPROVE,
    /**
     * Nothing. The port is one of those whose guests are not believed to be DHCP servers, and what
     * it has is no other port's.
     */
    NONE
  }
}
