package org.virt.nwfilter.internal.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.nwfilter.internal.compile.ProgramCompiler.LinkRule;
import org.virt.nwfilter.internal.xml.Chain;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Step;

/**
 * Sorts the rules of one direction into chains: the root chain with its rules and the jumps into
 * the others by priority, a jump before rules of the same priority.
 */
final class ChainLayout {
  private final Chain chain;
  private final List<Step> steps = new ArrayList<>();
  private int priority;

  private ChainLayout(Chain chain) {
    this.chain = chain;
  }

  /**
   * Lays out rules.
   *
   * @param rules sorted by priority
   * @return the root chain first; empty when there are no rules
   */
  static List<Program.Chain> of(List<LinkRule> rules) {
    if (rules.isEmpty()) {
      return List.of();
    }
    Map<String, ChainLayout> chains = new LinkedHashMap<>();
    List<LinkRule> root = new ArrayList<>();
    for (LinkRule rule : rules) {
      Chain chain = rule.filter().chain();
      if (chain.isRoot()) {
        root.add(rule);
      } else {
        ChainLayout layout = chains.computeIfAbsent(chain.name(), n -> new ChainLayout(chain));
        InChain.of(chain, rule.rule()).ifPresent(layout.steps::add);
        // Filters may disagree; libvirt takes what the last rule of the chain says.
        layout.priority = rule.filter().priority();
      }
    }
    List<ChainLayout> sorted = new ArrayList<>(chains.values());
    sorted.sort(
        Comparator.<ChainLayout>comparingInt(c -> c.priority).thenComparing(c -> c.chain.name()));
    List<Program.Chain> laidOut = new ArrayList<>();
    laidOut.add(new Program.Chain("root", merge(root, sorted)));
    sorted.forEach(c -> laidOut.add(new Program.Chain(c.chain.name(), c.steps)));
    return laidOut;
  }

  private static List<Step> merge(List<LinkRule> root, List<ChainLayout> chains) {
    List<Step> steps = new ArrayList<>();
    int next = 0;
    for (LinkRule rule : root) {
      while (next < chains.size() && chains.get(next).priority <= rule.priority()) {
        steps.add(chains.get(next++).jump());
      }
      steps.add(rule.rule());
    }
    while (next < chains.size()) {
      steps.add(chains.get(next++).jump());
    }
    return steps;
  }

  private Step jump() {
    return new Step.Jump(chain.name(), chain.protocol());
  }
}
