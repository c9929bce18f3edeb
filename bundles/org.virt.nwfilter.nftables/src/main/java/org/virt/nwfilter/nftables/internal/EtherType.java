package org.virt.nwfilter.nftables.internal;

import java.util.Optional;
import org.virt.spi.nwfilter.Protocol;

/** EtherTypes (IEEE 802 numbers), and the kernel's own for frames that have a length instead. */
final class EtherType {
  static final int VLAN = 0x8100;
  static final int PROVIDER_VLAN = 0x88a8;

  /** The kernel's number for a frame with an LLC header: {@code ETH_P_802_2}. */
  static final int LLC = 0x0004;

  private EtherType() {}

  /** Returns the type of a protocol that has one and can stand behind a tag. */
  static Optional<Integer> of(Protocol protocol) {
    return switch (protocol) {
      case ARP -> Optional.of(0x0806);
      case RARP -> Optional.of(0x8035);
      case IP -> Optional.of(0x0800);
      case IPV6 -> Optional.of(0x86dd);
      default -> Optional.empty();
    };
  }
}
