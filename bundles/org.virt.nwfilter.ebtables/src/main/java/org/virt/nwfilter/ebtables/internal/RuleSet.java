package org.virt.nwfilter.ebtables.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/**
 * Our chains in the table of one tool, as far as they were read or written by this process. A
 * change is one run of the tool's restore, which the kernel carries out as a whole or not at all.
 */
final class RuleSet {
  private static final Logger LOG = LoggerFactory.getLogger(RuleSet.class);

  private final Family family;
  private final Map<String, Set<String>> byProgram = new HashMap<>();
  private final Map<String, List<String>> dispatch = new HashMap<>();

  RuleSet(Family family) {
    this.family = family;
  }

  /**
   * A change.
   *
   * @param added chains of new programs
   * @param dropped labels whose chains go
   * @param ports all that packets shall go through then
   */
  record Change(List<Chain> added, Collection<Label> dropped, Ports ports) {}

  /** Reads which chains there are. */
  void read(Gate gate) throws VirtException {
    byProgram.clear();
    dispatch.clear();
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

  /** Returns the programs whose chains are there. */
  Set<String> programs() {
    return Set.copyOf(byProgram.keySet());
  }

  private Set<String> chainsOf(String base) {
    return byProgram.computeIfAbsent(base, b -> new HashSet<>());
  }

  /**
   * Carries out a change.
   *
   * @param garbage programs whose chains go, too
   * @throws VirtException {@code BUILD_FIREWALL}; nothing was changed
   */
  void apply(Change change, Collection<String> garbage, Gate gate) throws VirtException {
    Map<String, List<String>> wanted = new TreeMap<>();
    for (String direction : List.of(Label.OUT, Label.IN)) {
      wanted.putAll(Dispatch.of(family, direction, change.ports().targets(direction)));
    }
    Set<String> goingPrograms = new TreeSet<>(garbage);
    change.dropped().forEach(label -> goingPrograms.add(label.base()));
    Set<String> going = new TreeSet<>();
    goingPrograms.forEach(base -> going.addAll(byProgram.getOrDefault(base, Set.of())));
    boolean nothing = change.added().isEmpty() && going.isEmpty() && isNew(wanted).isEmpty();
    boolean unused = dispatch.isEmpty() && change.ports().targets(Label.OUT).isEmpty();
    if (change.added().isEmpty() && going.isEmpty() && unused || nothing && isHooked(gate)) {
      return;
    }
    dispatch.keySet().stream().filter(node -> !wanted.containsKey(node)).forEach(going::add);
    RestoreText text = new RestoreText(family);
    change.added().forEach(text::chain);
    isNew(wanted).forEach(text::chain);
    for (Family.Hook hook : family.hooks()) {
      if (!gate.jumps(family, hook.chain()).contains(Dispatch.root(hook.direction()))) {
        text.hook(hook);
      }
    }
    text.delete(going);
    run(text);
    goingPrograms.forEach(byProgram::remove);
    for (Chain chain : change.added()) {
      Label.baseOf(chain.name()).ifPresent(base -> chainsOf(base).add(chain.name()));
    }
    dispatch.clear();
    dispatch.putAll(wanted);
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
      result = command.run();
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
