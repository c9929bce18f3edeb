package org.virt.common.net;

import java.util.Objects;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * A network interface as it was when it was read.
 *
 * @param name its name
 * @param index its number; never used again while the host is up
 * @param master index of the bridge that it belongs to; 0 for none
 * @param group its interface group; 0 unless it was put into one
 * @param mac its own address; all zero when it has none of 48 bits
 * @param flags what state it is in
 * @param kind such as {@code tun}, {@code veth}, {@code bridge}, {@code macvtap}; empty for a
 *     physical one
 * @param mtu bytes of the largest packet
 * @param lower index of the device that it is on, as a macvtap is; of a veth the other end's; 0 for
 *     none
 */
public record Link(
    PortId name,
    int index,
    int master,
    int group,
    MacAddress mac,
    Set<Flag> flags,
    String kind,
    int mtu,
    int lower) {
  public Link {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(kind, "kind");
    flags = Set.copyOf(flags);
  }

  /** Makes one that is on no other device. */
  public Link(
      PortId name,
      int index,
      int master,
      int group,
      MacAddress mac,
      Set<Flag> flags,
      String kind,
      int mtu) {
    this(name, index, master, group, mac, flags, kind, mtu, 0);
  }

  /** Says whether a flag is set. */
  public boolean is(Flag flag) {
    return flags.contains(flag);
  }

  /** States of an interface, as in netdevice(7). */
  public enum Flag {
    /** It was switched on. */
    UP(0x1),
    /** It works. */
    RUNNING(0x40),
    /** Somebody is at its other end: for a tap, a program has it open. */
    LOWER_UP(0x10000);

    final int bit;

    Flag(int bit) {
      this.bit = bit;
    }
  }
}
