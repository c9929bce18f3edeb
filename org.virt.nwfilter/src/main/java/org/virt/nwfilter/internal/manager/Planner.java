package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.compile.PortCompiler;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.nwfilter.PortProgram;

/** Says which program a port should have, from its binding, the filters and what was learned. */
final class Planner {
  static final String IP = "IP";
  private static final String LEARNING = "CTRL_IP_LEARNING";
  private static final String SERVERS = "DHCPSERVER";

  private Planner() {}

  /** Returns the program for a port as it stands; what was compiled before is used again. */
  static Plan plan(Definitions definitions, Port port, boolean lookups) throws VirtException {
    Plans plans = port.plans(definitions, lookups);
    boolean learns = learnsAddress(plans, port.binding);
    Learning wanted =
        !learns ? Learning.OFF : port.ipv4().isEmpty() ? Learning.LEARNING : Learning.BOUND;
    Plan known = plans.compiled.get(wanted);
    if (known != null) {
      return known;
    }
    Plan plan =
        wanted == Learning.LEARNING
            ? Plan.of(PortCompiler.learning(port.ref, servers(port.binding)), wanted)
            : preview(definitions, port, lookups);
    // A program with learned addresses in it is another one after the next change of them.
    if (wanted != Learning.BOUND) {
      plans.compiled.put(wanted, plan);
    }
    return plan;
  }

  /**
   * Compiles what a learning port will need when its address is learned, where that does not depend
   * on the address.
   */
  static void planAhead(Definitions definitions, Port port, boolean lookups) {
    Plans plans = port.plans(definitions, lookups);
    if (!lookups || port.learning != Learning.LEARNING || !port.ipv4().isEmpty()) {
      return;
    }
    try {
      plans.compiled.put(Learning.BOUND, preview(definitions, port, true));
    } catch (VirtException e) {
      // It uses the address in another way than by a lookup: compiled when there is one.
      plans.compiled.remove(Learning.BOUND);
    }
  }

  /** Returns the program that a port has once its address, if it is to be learned, is known. */
  static Plan preview(Definitions definitions, Port port, boolean lookups) throws VirtException {
    PortCompiler.Learned learned = new PortCompiler.Learned(port.ipv4(), lookups);
    PortProgram program =
        PortCompiler.filter(definitions, port.binding.filter(), port.ref, learned);
    boolean learns = learnsAddress(port.plans(definitions, lookups), port.binding);
    return Plan.of(program, learns ? Learning.BOUND : Learning.OFF);
  }

  /**
   * Refuses a binding that lacks a variable which nobody can learn.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} when a variable has no value and is not
   *     an address to learn, or learning is switched off; {@code NO_NWFILTER}
   */
  static void check(Definitions definitions, FilterBinding binding) throws VirtException {
    learnsAddress(new Plans(definitions, binding, true), binding);
    servers(binding);
  }

  private static boolean learnsAddress(Plans plans, FilterBinding binding) throws VirtException {
    if (plans.missing == null) {
      plans.missing = PortCompiler.missing(plans.definitions, binding.filter());
    }
    Set<String> missing = new TreeSet<>(plans.missing);
    boolean address = missing.remove(IP);
    if (!missing.isEmpty()) {
      throw refused(binding, "no value for " + String.join(", ", missing));
    }
    Optional<Mode> mode = mode(binding);
    if (address && mode.isEmpty()) {
      throw refused(binding, "no value for IP, and " + LEARNING + " is none");
    }
    return address;
  }

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

  private static VirtException refused(FilterBinding binding, String why) {
    return new VirtException(
        ErrorCode.INVALID_NWFILTER_BINDING,
        "bind filter " + binding.filter().filter() + " to " + binding.port() + ": " + why);
  }

  /** A program, what it says of learning, and its digest. */
  record Plan(PortProgram program, Learning learning, String digest) {
    static Plan of(PortProgram program, Learning learning) {
      return new Plan(program, learning, program.digest());
    }
  }

  /** What was compiled for one port, for as long as filters and binding stay the same. */
  static final class Plans {
    private final Definitions definitions;
    private final FilterBinding binding;
    private final boolean lookups;
    private final Map<Learning, Plan> compiled = new EnumMap<>(Learning.class);
    private Set<String> missing;

    Plans(Definitions definitions, FilterBinding binding, boolean lookups) {
      this.definitions = definitions;
      this.binding = binding;
      this.lookups = lookups;
    }

    boolean areOf(Definitions others, FilterBinding another, boolean use) {
      return definitions == others && binding.equals(another) && lookups == use;
    }
  }
}
