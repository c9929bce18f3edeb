package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.Operand.Family;

/** What the parameters of a binding say to the manager itself. */
final class BindingControls {
  static final String LEARNING = "CTRL_IP_LEARNING";
  static final String LIMIT = "CTRL_IP_LIMIT";
  static final String DHCP_SERVER = "CTRL_DHCP_SERVER";
  static final String SERVERS = "DHCPSERVER";
  static final String SERVERS6 = "DHCPSERVERV6";
  static final String GATEWAY = "GATEWAY";

  private static final int MOST = 256;

  private BindingControls() {}

  /**
   * Returns the terms of a port, without what it holds.
   *
   * @param wanted the families to learn
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} with the parameter that makes no sense
   */
  static LearnTerms of(FilterBinding binding, Set<Family> wanted) throws VirtException {
    Map<Family, Integer> limits = new EnumMap<>(Family.class);
    for (Family family : wanted) {
      limits.put(family, limit(binding, family));
    }
    return new LearnTerms(
        limits, servers(binding), addresses(binding, GATEWAY), Map.of(), guest(binding));
  }

  /** Refuses parameters that make no sense. */
  static void check(FilterBinding binding) throws VirtException {
    of(binding, Set.of(Family.values()));
    mode(binding);
  }

  /**
   * Returns what the binding wants to be believed; absent when nothing is to be learned.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} for another word
   */
  static Optional<Mode> mode(FilterBinding binding) throws VirtException {
    String word = word(binding, LEARNING).orElse("any");
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "any" -> Optional.of(Mode.ANY);
      case "dhcp" -> Optional.of(Mode.DHCP);
      case "savi" -> Optional.of(Mode.SAVI);
      case "approve" -> Optional.of(Mode.APPROVE);
      case "none" -> Optional.empty();
      default ->
          throw refused(
              binding, LEARNING + " is '" + word + "', not any, dhcp, savi, approve or none");
    };
  }

  /** Returns the DHCP servers of both families that may assign an address. */
  static Set<InetAddress> servers(FilterBinding binding) throws VirtException {
    Set<InetAddress> servers = new HashSet<>(addresses(binding, SERVERS));
    servers.addAll(addresses(binding, SERVERS6));
    return servers;
  }

  /** One address of IPv4 in mode any, as libvirt; a host of IPv6 always has several. */
  private static int limit(FilterBinding binding, Family family) throws VirtException {
    if (family == Family.IPV4 && mode(binding).equals(Optional.of(Mode.ANY))) {
      return 1;
    }
    Optional<String> given = word(binding, LIMIT);
    if (given.isEmpty()) {
      return family == Family.IPV4 ? LearnTerms.LIMIT4 : LearnTerms.LIMIT6;
    }
    String text = given.get();
    boolean number = text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int limit = number && !text.isEmpty() ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > MOST) {
      throw refused(binding, LIMIT + " is '" + text + "', not a number from 1 to " + MOST);
    }
    return limit;
  }

  private static Guest guest(FilterBinding binding) throws VirtException {
    String word = word(binding, DHCP_SERVER).orElse("no");
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "yes" -> Guest.DHCP_SERVER;
      case "no" -> Guest.CLIENT;
      default -> throw refused(binding, DHCP_SERVER + " is '" + word + "', not yes or no");
    };
  }

  private static Optional<String> word(FilterBinding binding, String parameter) {
    return binding.filter().parameters().getOrDefault(parameter, List.of()).stream().findFirst();
  }

  private static Set<InetAddress> addresses(FilterBinding binding, String parameter)
      throws VirtException {
    Set<InetAddress> addresses = new HashSet<>();
    for (String text : binding.filter().parameters().getOrDefault(parameter, List.of())) {
      addresses.add(
          address(text)
              .orElseThrow(
                  () -> refused(binding, parameter + " is '" + text + "', not an IP address")));
    }
    return addresses;
  }

  /** Reads an IP address in numbers; a name would be looked up. */
  static Optional<InetAddress> address(String text) {
    boolean number =
        text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')
            && (text.indexOf('.') > 0 || text.indexOf(':') >= 0);
    try {
      return number ? Optional.of(InetAddress.getByName(text)) : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the addresses that the binding gives with a variable; absent when it does not give it,
   * or gives something else than addresses.
   */
  static Optional<List<InetAddress>> given(FilterBinding binding, String variable) {
    List<InetAddress> addresses = new ArrayList<>();
    int length = variable.equals(Own.IP) ? 4 : 16;
    for (String text : binding.filter().parameters().getOrDefault(variable, List.of())) {
      Optional<InetAddress> address = address(text).filter(a -> a.getAddress().length == length);
      if (address.isEmpty()) {
        return Optional.empty();
      }
      addresses.add(address.get());
    }
    return addresses.isEmpty() ? Optional.empty() : Optional.of(addresses);
  }

  /** Returns all addresses that the binding gives. */
  static List<InetAddress> given(FilterBinding binding) {
    List<InetAddress> all = new ArrayList<>();
    for (String variable : List.of(Own.IP, Own.IPV6)) {
      given(binding, variable).ifPresent(all::addAll);
    }
    return all;
  }

  static VirtException refused(FilterBinding binding, String why) {
    return new VirtException(
        ErrorCode.INVALID_NWFILTER_BINDING,
        "bind filter " + binding.filter().filter() + " to " + binding.port() + ": " + why);
  }
}
