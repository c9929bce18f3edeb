package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.nwfilter.internal.compile.PortCompiler;
import org.virt.nwfilter.internal.compile.PortCompiler.Compiled;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.Program;

/**
 * Says which program a port should have, from its binding, the filters and what was learned. Most
 * ports of a filter have the same one, which is compiled once. For one thread.
 */
final class Planner {
  /** More different parameters than a host has ports; then they are compiled anew. */
  private static final int MOST_KNOWN = 4096;

  /** Addresses of documentation (RFC 5737, RFC 3849) in the place of those that are not known. */
  private static final InetAddress SOME_IP = IpText.parse("192.0.2.1").orElseThrow();

  private static final InetAddress SOME_IPV6 = IpText.parse("2001:db8::1").orElseThrow();

  private final Definitions definitions;
  private final boolean lookups;
  private final Map<Key, Known> known = new HashMap<>();
  private final Map<Asked, Program> learning = new HashMap<>();

  /** What ports were planned with the last time: their bindings rarely change. */
  private final Map<Port, Planned> planned = new WeakHashMap<>();

  /**
   * Plans for a set of filters.
   *
   * @param lookups whether the technique has lookups
   */
  Planner(Definitions definitions, boolean lookups) {
    this.definitions = definitions;
    this.lookups = lookups;
  }

  /** Says whether plans of this planner still hold. */
  boolean isOf(Definitions others, boolean use) {
    return definitions == others && lookups == use;
  }

  /** Returns the program for a port as it stands. */
  Plan plan(Port port) throws VirtException {
    Planned planned = planned(port);
    Set<Family> families = planned.families;
    if (families.isEmpty()) {
      return new Plan(filter(port, planned.known), Learning.OFF, families, Optional.empty());
    }
    return hasAll(port, families)
        ? new Plan(filter(port, planned.known), Learning.BOUND, families, Optional.empty())
        : new Plan(
            learning(port.binding, families), Learning.LEARNING, families, planned.known.shared);
  }

  /** Every family that rules ask for needs an address before the port's own rules decide. */
  private static boolean hasAll(Port port, Set<Family> families) {
    for (Family family : families) {
      if (port.learned(family).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private Planned planned(Port port) throws VirtException {
    Planned before = planned.get(port);
    if (before == null || !Objects.equals(before.binding, port.binding)) {
      before = new Planned(port.binding, Set.copyOf(families(port.binding)), known(port.binding));
      planned.put(port, before);
    }
    return before;
  }

  /** Returns the program that a port has once its address, if it is to be learned, is known. */
  Program filter(Port port) throws VirtException {
    return filter(port, planned(port).known);
  }

  private Program filter(Port port, Known before) throws VirtException {
    FilterBinding binding = port.binding;
    if (before.shared.isPresent()) {
      return before.shared.get();
    }
    List<InetAddress> addresses = new ArrayList<>(port.learned.keySet());
    addresses.addAll(BindingControls.given(binding));
    return compile(binding, addresses, before);
  }

  /**
   * Compiles the program that a port will have, as far as it can be before its address is known.
   *
   * @throws VirtException why it never can be
   */
  void tryOut(Port port) throws VirtException {
    Set<Family> families = families(port.binding);
    if (families.isEmpty()) {
      filter(port);
      return;
    }
    List<InetAddress> addresses = new ArrayList<>(BindingControls.given(port.binding));
    families.forEach(family -> addresses.add(family == Family.IPV4 ? SOME_IP : SOME_IPV6));
    Known before = known(port.binding);
    if (!before.compiles) {
      compile(port.binding, addresses, before);
      before.compiles = true;
    }
  }

  private Program compile(FilterBinding binding, List<InetAddress> addresses, Known known)
      throws VirtException {
    Own own = new Own(binding.mac(), addresses, given(binding), lookups);
    Compiled compiled = PortCompiler.filter(definitions, binding.filter(), own);
    if (compiled.shared()) {
      known.shared = Optional.of(compiled.program());
    }
    return compiled.program();
  }

  private Program learning(FilterBinding binding, Set<Family> families) throws VirtException {
    return learning.computeIfAbsent(
        new Asked(BindingControls.servers(binding), families),
        asked -> PortCompiler.learning(asked.servers, asked.families));
  }

  /**
   * Refuses a binding that lacks a variable which nobody can learn.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} when a variable has no value and is not
   *     an address to learn, or learning is switched off; {@code NO_NWFILTER}
   */
  void check(FilterBinding binding) throws VirtException {
    families(binding);
    BindingControls.check(binding);
  }

  /** Returns the families whose addresses are to be learned. */
  private Set<Family> families(FilterBinding binding) throws VirtException {
    Set<String> missing = new TreeSet<>(known(binding).missing);
    Set<Family> families = EnumSet.noneOf(Family.class);
    for (Family family : Family.values()) {
      if (missing.remove(Own.variable(family))) {
        families.add(family);
      }
    }
    if (!missing.isEmpty()) {
      throw BindingControls.refused(binding, "no value for " + String.join(", ", missing));
    }
    if (!families.isEmpty() && BindingControls.mode(binding).isEmpty()) {
      String variables = families.stream().map(Own::variable).collect(Collectors.joining(", "));
      throw BindingControls.refused(
          binding, "no value for " + variables + ", and " + BindingControls.LEARNING + " is none");
    }
    return families;
  }

  private Known known(FilterBinding binding) throws VirtException {
    Set<String> given = given(binding);
    Map<String, List<String>> others = new LinkedHashMap<>(binding.filter().parameters());
    others.keySet().removeAll(given);
    Key key = new Key(binding.filter().filter(), others, given);
    Known there = known.get(key);
    if (there == null) {
      if (known.size() >= MOST_KNOWN) {
        known.clear();
      }
      there = new Known(PortCompiler.missing(definitions, binding.filter()));
      known.put(key, there);
    }
    return there;
  }

  /** Returns the variables whose addresses a lookup can find. */
  private Set<String> given(FilterBinding binding) {
    Set<String> given = new HashSet<>();
    for (String variable : List.of(Own.IP, Own.IPV6)) {
      if (lookups && BindingControls.given(binding, variable).isPresent()) {
        given.add(variable);
      }
    }
    return given;
  }

  /**
   * What is planned for a port.
   *
   * @param learning what the program says of learning
   * @param families whose addresses are to be learned
   * @param next the program that follows when they are, if it depends on nothing else
   */
  record Plan(Program program, Learning learning, Set<Family> families, Optional<Program> next) {
    Plan {
      families = Set.copyOf(families);
    }
  }

  /** What was found out about a port. */
  private record Planned(FilterBinding binding, Set<Family> families, Known known) {}

  /** What decides about a learning program. */
  private record Asked(Set<InetAddress> servers, Set<Family> families) {}

  /** What decides about a program, but for what a port has of its own. */
  private record Key(String filter, Map<String, List<String>> parameters, Set<String> given) {}

  /** What was found out about bindings of one key. */
  private static final class Known {
    private final Set<String> missing;
    private Optional<Program> shared = Optional.empty();
    private boolean compiles;

    Known(Set<String> missing) {
      this.missing = missing;
    }
  }
}
