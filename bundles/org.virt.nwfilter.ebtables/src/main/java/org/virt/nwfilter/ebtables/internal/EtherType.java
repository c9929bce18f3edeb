package org.virt.nwfilter.ebtables.internal;

import java.util.Optional;
import org.virt.spi.nwfilter.Protocol;

/** EtherTypes (IEEE 802 numbers). */
final class EtherType {
  static final int VLAN = 0x8100;
  static final int PROVIDER_VLAN = 0x88a8;
  static final int SMALLEST = 0x600;

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

  /** Returns the condition that a frame is of a type, with a space behind it. */
  static String is(long type) {
    return String.format("-p 0x%04x ", type);
  }

  /** Returns the condition that a frame has a tag and is of a type behind it. */
  static String behindTag(long type) {
    return String.format("-p 0x8100 --vlan-encap 0x%04x ", type);
  }
}
