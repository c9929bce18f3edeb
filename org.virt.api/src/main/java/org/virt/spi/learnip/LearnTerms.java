package org.virt.spi.learnip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.virt.spi.nwfilter.Operand.Family;

/**
 * On which terms a port learns.
 *
 * @param limits how many addresses of a family the port may have; a family that is absent is not
 *     learned
 * @param dhcpServers the servers that may assign an address, of each family; none of a family for
 *     any
 * @param gateways addresses that no guest has
 * @param held the addresses that the port may use already, with the rest of their lifetime, absent
 *     for one without end
 * @param guest what its guest is
 */
public record LearnTerms(
    Map<Family, Integer> limits,
    Set<InetAddress> dhcpServers,
    Set<InetAddress> gateways,
    Map<InetAddress, Optional<Duration>> held,
    Guest guest) {
  /** Addresses of IPv4 that a port may have unless its binding says otherwise. */
  public static final int LIMIT4 = 8;

  /** Addresses of IPv6 that a port may have unless its binding says otherwise. */
  public static final int LIMIT6 = 16;

  /** Nothing is learned, nobody is believed. */
  public static final LearnTerms NOTHING =
      new LearnTerms(Map.of(), Set.of(), Set.of(), Map.of(), Guest.CLIENT);

  public LearnTerms {
    limits = Map.copyOf(limits);
    dhcpServers = Set.copyOf(dhcpServers);
    gateways = Set.copyOf(gateways);
    held = Map.copyOf(held);
    Objects.requireNonNull(guest, "guest");
  }

  /** What a guest is to its neighbours. */
  public enum Guest {
    /** Its answers to other guests' DHCP requests are not believed. */
    CLIENT,
    /** It assigns addresses to other guests. */
    DHCP_SERVER
  }
}
