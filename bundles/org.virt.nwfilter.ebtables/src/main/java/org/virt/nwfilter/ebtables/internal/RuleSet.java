package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/**
 * Our chains in the table of one tool, as far as they were read or written by this process. A
 * change is one run of the tool's restore, which the kernel carries out as a whole or not at all.
 * The tool needs minutes to delete thousands of chains; what nothing leads to is deleted by
 * netlink.
 */
final class RuleSet {
  private static final Logger LOG = LoggerFactory.getLogger(RuleSet.class);

  private final Family family;
  private final Map<String, Set<String>> byProgram = new HashMap<>();
  private final Map<String, List<String>> dispatch = new HashMap<>();
  private final Set<String> unreached = new TreeSet<>();
  private final LongConsumer runs;

  /**
   * Knows no chains yet.
   *
   * @param runs takes the number of each process that it runs
   */
  RuleSet(Family family, LongConsumer runs) {
    this.family = family;
    this.runs = runs;
  }

  /**
   * A change.
   *
   * @param added chains of new programs
   * @param ports all that packets shall go through then
   */
  record Change(List<Chain> added, Ports ports) {}

  /** Reads which chains there are. */
  void read(Gate gate) throws VirtException {
    byProgram.clear();
    dispatch.clear();
    unreached.clear();
    for (String chain : gate.chains(family)) {
      Label.baseOf(chain).ifPresent(base -> chainsOf(base).add(chain));
      if (chain.startsWith(Label.COMMON)) {
        dispatch.put(chain, List.of("unknown"));
      }
    }
  }

  /** Says whether the chains of a program are there and packets get to them. */
  boolean has(Label label) {
    return byProgram.getOrDefault(label.base(), Set.of()).contains(label.first(Label.OUT));
  }

  /** Says whether packets get to our chains. */
  boolean isHooked(Gate gate) throws VirtException {
    for (Family.Hook hook : family.hooks()) {
      if (!gate.jumps(family, hook.chain()).contains(Dispatch.root(hook.direction()))) {
        return false;
      }
    }
    return true;
  }

  /** Says whether all our chains are there, none of them empty, and packets get to them. */
  boolean isWhole(Gate gate) throws VirtException {
    if (dispatch.isEmpty()) {
      return true;
    }
    Set<String> filled = gate.rules(family).keySet();
    // A program may have nothing to say in one direction above IP, but among frames it always has.
    Set<String> there = family == Family.BRIDGE ? filled : gate.chains(family);
    boolean ways =
        dispatch.entrySet().stream()
            .allMatch(node -> node.getValue().isEmpty() || filled.contains(node.getKey()));
    return ways && byProgram.values().stream().allMatch(there::containsAll) && isHooked(gate);
  }

  /** Returns the chains of a program, those entered first before the others. */
  List<String> chains(Label label) {
    return byProgram.getOrDefault(label.base(), Set.of()).stream()
        .sorted(
            Comparator.comparing((String chain) -> !chain.startsWith("V"))
                .thenComparing(String::length)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private Set<String> chainsOf(String base) {
    return byProgram.computeIfAbsent(base, b -> new HashSet<>());
  }

  /**
   * Carries out a change.
   *
   * @throws VirtException {@code BUILD_FIREWALL}; nothing was changed
   */
  void apply(Change change, Gate gate) throws VirtException {
    Map<String, List<String>> wanted = Dispatch.of(family, change.ports());
    Map<String, List<String>> changed = isNew(wanted);
    boolean unused = dispatch.isEmpty() && change.ports().isEmpty();
    if (change.added().isEmpty() && (unused || changed.isEmpty() && isHooked(gate))) {
      return;
    }
    RestoreText text = new RestoreText(family);
    change.added().forEach(text::chain);
    changed.forEach(text::chain);
    for (Family.Hook hook : family.hooks()) {
      if (!gate.jumps(family, hook.chain()).contains(Dispatch.root(hook.direction()))) {
        text.hook(hook);
      }
    }
    run(text);
    for (Chain chain : change.added()) {
      Label.baseOf(chain.name()).ifPresent(base -> chainsOf(base).add(chain.name()));
    }
    dispatch.keySet().stream().filter(node -> !wanted.containsKey(node)).forEach(unreached::add);
    unreached.removeAll(wanted.keySet());
    dispatch.clear();
    dispatch.putAll(wanted);
  }

  /** Has the ways to all ports written again. */
  void forgetDispatch() {
    dispatch.replaceAll((chain, lines) -> List.of("unknown"));
  }

  /** Deletes what nothing leads to: chains of all programs but those given. */
  void clean(Collection<Label> kept, Gate gate) throws VirtException {
    Set<String> programs = new HashSet<>(byProgram.keySet());
    kept.forEach(label -> programs.remove(label.base()));
    List<String> going = new ArrayList<>(unreached);
    programs.forEach(base -> going.addAll(byProgram.get(base)));
    if (!going.isEmpty()) {
      gate.deleteChains(family, going);
      unreached.clear();
      byProgram.keySet().removeAll(programs);
    }
  }

  private Map<String, List<String>> isNew(Map<String, List<String>> wanted) {
    Map<String, List<String>> changed = new TreeMap<>(wanted);
    changed.entrySet().removeIf(node -> node.getValue().equals(dispatch.get(node.getKey())));
    return changed;
  }

  private void run(RestoreText text) throws VirtException {
    Command command = Command.of(family.restore(), "--noflush").withInput(text.toString());
    Result result;
    try {
      result = command.run(runs);
    } catch (VirtException e) {
      throw new VirtException(ErrorCode.BUILD_FIREWALL, "apply rules: " + e.getMessage(), e);
    }
    LOG.debug("{}: {} lines, exit status {}", command, text.size(), result.exit());
    if (!result.ok()) {
      throw new VirtException(
          ErrorCode.BUILD_FIREWALL,
          "apply " + family.tool() + " rules" + text.place(result.err()) + ": " + result.reason());
    }
  }
}
