package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.spi.learnip.LearnRequest.Mode;

/** What the parameters of a binding say to the manager itself. */
final class BindingControls {
  static final String LEARNING = "CTRL_IP_LEARNING";
  private static final String SERVERS = "DHCPSERVER";

  private BindingControls() {}

  /**
   * Returns what the binding wants to be believed; absent when nothing is to be learned.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} for another word
   */
  static Optional<Mode> mode(FilterBinding binding) throws VirtException {
    List<String> given = binding.filter().parameters().getOrDefault(LEARNING, List.of("any"));
    return switch (given.get(0).toLowerCase(Locale.ROOT)) {
      case "any" -> Optional.of(Mode.ANY);
      case "dhcp" -> Optional.of(Mode.DHCP);
      case "none" -> Optional.empty();
      default ->
          throw refused(binding, LEARNING + " is '" + given.get(0) + "', not any, dhcp or none");
    };
  }

  /**
   * Returns the DHCP servers that may assign an address; empty for any.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} for something else than an address
   */
  static Set<InetAddress> servers(FilterBinding binding) throws VirtException {
    Set<InetAddress> servers = new HashSet<>();
    for (String text : binding.filter().parameters().getOrDefault(SERVERS, List.of())) {
      servers.add(
          address(text)
              .orElseThrow(
                  () -> refused(binding, SERVERS + " is '" + text + "', not an IP address")));
    }
    return servers;
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
