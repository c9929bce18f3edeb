package org.virt.nwfilter.internal.compile;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Operand;

/**
 * What a port has of its own, and filters call {@code $MAC}, {@code $IP} and {@code $IPV6}.
 *
 * @param mac its guest's address
 * @param addresses the IP addresses that its guest may use: those that the binding gives and those
 *     that were learned
 * @param given the variables whose addresses the binding gives; the others are learned
 * @param lookups whether the technique has lookups: then positive, unmasked, plain uses of an
 *     address become one, whatever the addresses are; all other uses become literals
 */
public record Own(MacAddress mac, List<InetAddress> addresses, Set<String> given, boolean lookups) {
  /** The variable of the guest's MAC address. */
  public static final String MAC = "MAC";

  /** The variable of its IPv4 addresses. */
  public static final String IP = "IP";

  /** The variable of its IPv6 addresses. */
  public static final String IPV6 = "IPV6";

  public Own {
    Objects.requireNonNull(mac, "mac");
    addresses = List.copyOf(addresses);
    given = Set.copyOf(given);
  }

  /** Returns which addresses a variable is about; absent for any other variable. */
  public static Optional<Operand.Family> family(String variable) {
    return switch (variable) {
      case IP -> Optional.of(Operand.Family.IPV4);
      case IPV6 -> Optional.of(Operand.Family.IPV6);
      default -> Optional.empty();
    };
  }

  /** Returns the variable of a family's addresses. */
  public static String variable(Operand.Family family) {
    return family == Operand.Family.IPV4 ? IP : IPV6;
  }

  /** Returns the family of an address. */
  public static Operand.Family family(InetAddress address) {
    return address instanceof Inet4Address ? Operand.Family.IPV4 : Operand.Family.IPV6;
  }

  /** Returns the addresses of a family as text. */
  List<String> texts(Operand.Family family) {
    return addresses.stream()
        .filter(address -> family(address) == family)
        .map(IpText::format)
        .toList();
  }
}
