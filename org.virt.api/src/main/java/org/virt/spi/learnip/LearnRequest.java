package org.virt.spi.learnip;

import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.PortRef;

/**
 * What is to be learned.
 *
 * @param port the port whose guest is listened to
 * @param linkDevice the physical device of a macvtap, where its frames are seen; else absent
 * @param mode what is believed
 * @param dhcpServers the servers that may assign an address; empty for any
 */
public record LearnRequest(
    PortRef port, Optional<PortId> linkDevice, Mode mode, Set<InetAddress> dhcpServers) {
  public LearnRequest {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(linkDevice, "linkDevice");
    Objects.requireNonNull(mode, "mode");
    dhcpServers = Set.copyOf(dhcpServers);
  }

  /** What is believed, as libvirt's {@code CTRL_IP_LEARNING}. */
  public enum Mode {
    /** DHCP, ARP or the first IPv4 packet. */
    ANY,
    /** DHCP only. */
    DHCP
  }
}
