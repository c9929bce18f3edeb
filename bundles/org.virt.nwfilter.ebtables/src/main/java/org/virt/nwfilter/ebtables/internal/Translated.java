package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.List;
import org.virt.spi.nwfilter.AddressBinding;

/**
 * A port's program in the tools' languages. In each list the first chain of a direction is the one
 * that {@link Label} names.
 *
 * @param label what the kernel keeps with it
 * @param addresses those that the program names, with the time that they have
 * @param link chains of ebtables, both directions
 * @param ipv4 chains of iptables; empty for none
 * @param ipv6 chains of ip6tables; empty for none
 */
record Translated(
    Label label,
    List<AddressBinding> addresses,
    List<Chain> link,
    List<Chain> ipv4,
    List<Chain> ipv6) {
  Translated {
    addresses = List.copyOf(addresses);
    link = List.copyOf(link);
    ipv4 = List.copyOf(ipv4);
    ipv6 = List.copyOf(ipv6);
  }

  /** Returns its chains of one tool. */
  List<Chain> of(Family family) {
    return switch (family) {
      case BRIDGE -> link;
      case IPV4 -> ipv4;
      case IPV6 -> ipv6;
    };
  }

  /** Returns the names of its chains of one tool. */
  List<String> names(Family family) {
    List<String> names = new ArrayList<>();
    of(family).forEach(chain -> names.add(chain.name()));
    return names;
  }
}
