package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortCounts;
import org.virt.api.nwfilter.RuleCount;
import org.virt.api.nwfilter.RuleCount.Direction;

/**
 * Where the rules were written that this process has committed: ebtables keeps no comments. Of
 * rules that were committed before, nobody knows.
 */
final class Origins {
  private final Map<Family, Map<String, Written>> chains = new EnumMap<>(Family.class);

  /** What a filter calls a chain, and where each of its lines comes from. */
  private record Written(String chain, List<Source> lines) {
    private Source line(int number) {
      return number < lines.size() ? lines.get(number) : new Source(chain, "");
    }
  }

  /** The chain and the rule that a line was written as. */
  private record Source(String chain, String origin) {}

  Origins() {
    for (Family family : Family.values()) {
      chains.put(family, new HashMap<>());
    }
  }

  void committed(Collection<Translated> programs) {
    for (Family family : Family.values()) {
      for (Translated program : programs) {
        for (Chain chain : program.of(family)) {
          chains.get(family).put(chain.name(), written(chain));
        }
      }
    }
  }

  private static Written written(Chain chain) {
    List<Source> lines = new ArrayList<>(chain.lines().size());
    for (Line line : chain.lines()) {
      String in = line.chain().isEmpty() ? chain.written() : line.chain();
      lines.add(new Source(in, line.origin()));
    }
    return new Written(chain.written(), lines);
  }

  /** Forgets all programs but those given. */
  void keep(Collection<Label> labels) {
    Set<String> bases = labels.stream().map(Label::base).collect(Collectors.toSet());
    chains
        .values()
        .forEach(
            known ->
                known.keySet().removeIf(chain -> !bases.contains(Label.baseOf(chain).orElse(""))));
  }

  /** Reads what the rules of a port have counted. */
  PortCounts counts(Label label, Map<Family, RuleSet> sets, Gate gate) throws VirtException {
    List<RuleCount> counts = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      for (Family family : Family.values()) {
        for (String chain : sets.get(family).chains(label)) {
          if (direction == Label.direction(chain)) {
            add(counts, family, chain, gate.rules(family, chain).getOrDefault(chain, List.of()));
          }
        }
      }
    }
    return new PortCounts(label.port().id(), "ebtables", 1, counts);
  }

  private void add(List<RuleCount> counts, Family family, String chain, List<FoundRule> found) {
    Written known = chains.get(family).getOrDefault(chain, new Written("", List.of()));
    for (int i = 0; i < found.size(); i++) {
      FoundRule rule = found.get(i);
      Source source = known.line(i);
      counts.add(
          new RuleCount(
              Label.direction(chain),
              source.chain.isEmpty() ? chain : source.chain,
              verdict(family, rule.verdict()),
              source.origin,
              rule.packets(),
              rule.bytes()));
    }
  }

  private String verdict(Family family, String verdict) {
    if (!verdict.startsWith(FoundRule.JUMP)) {
      return verdict;
    }
    Written target = chains.get(family).get(verdict.substring(FoundRule.JUMP.length()));
    return target == null || target.chain.isEmpty() ? verdict : FoundRule.JUMP + target.chain;
  }
}
