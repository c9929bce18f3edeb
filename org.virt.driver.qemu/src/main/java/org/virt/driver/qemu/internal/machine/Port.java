package org.virt.driver.qemu.internal.machine;

import java.util.Objects;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * The end of a network card on the host.
 *
 * @param alias of the card
 * @param name of the interface
 * @param mac the card's address
 * @param kind what it is
 * @param owner who made the interface
 * @param filter whether a filter stands in front of it
 */
record Port(String alias, PortId name, MacAddress mac, Kind kind, Owner owner, Filter filter) {
  private static final int FIRST_BYTE = 40;
  private static final long REST = (1L << FIRST_BYTE) - 1;
  private static final long USUAL = 0xfeL;
  private static final long OTHER = 0xfaL;

  Port {
    Objects.requireNonNull(alias, "alias");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(filter, "filter");
  }

  /** What an interface is. */
  enum Kind {
    /** QEMU opens it by its name. */
    TAP("tun"),
    /** Is on another device and opened by a file of its own. */
    MACVTAP("macvtap");

    /** What the kernel calls it. */
    final String link;

    Kind(String link) {
      this.link = link;
    }
  }

  /** Who made an interface, and so removes it. */
  enum Owner {
    DRIVER,
    ADMINISTRATOR
  }

  /** Whether a filter stands in front of it. */
  enum Filter {
    BOUND,
    NONE
  }

  /** Returns it with a filter in front of it, or without. */
  Port with(Filter other) {
    return new Port(alias, name, mac, kind, owner, other);
  }

  /**
   * Returns the address of the host's end. That of a macvtap is the card's; that of a tap is high,
   * so that a bridge never takes it for its own, and never the card's.
   */
  MacAddress hostMac() {
    if (kind == Kind.MACVTAP) {
      return mac;
    }
    long first = mac.value() >>> FIRST_BYTE;
    return new MacAddress((first == USUAL ? OTHER : USUAL) << FIRST_BYTE | mac.value() & REST);
  }
}
