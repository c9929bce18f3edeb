package org.virt.nwfilter.internal.compile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.Entry;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Include;
import org.virt.nwfilter.internal.xml.FilterDefinition.Value;

/**
 * All rules that a filter reaches, in the order of the XML, each with the variables of its place.
 *
 * @param root name of the filter that was asked for
 * @param filters names of all filters that were reached
 * @param leaves the rules
 */
record FilterTree(String root, Set<String> filters, List<Leaf> leaves) {
  /** More would take the kernel seconds; references that double at each level reach any number. */
  static final int MAX_RULES = 20_000;

  private static final int MAX_DEPTH = 100;

  public FilterTree {
    filters = Set.copyOf(filters);
    leaves = List.copyOf(leaves);
  }

  /**
   * A rule at its place.
   *
   * @param variables values by name; what the binding says goes before what a reference says
   */
  public record Leaf(
      FilterDefinition filter, FilterRule rule, Map<String, List<String>> variables) {
    /** Returns what messages call the rule. */
    String origin() {
      return "filter " + filter.name() + ", rule " + rule.number();
    }
  }

  /**
   * Walks from a filter along its references.
   *
   * @param definitions finds a filter by name
   * @param root the filter, and the variables of the binding
   * @throws VirtException {@code NO_NWFILTER} for an unknown filter, {@code INVALID_NWFILTER} for a
   *     loop or too many rules; the message names the filters
   */
  static FilterTree of(
      Function<String, Optional<FilterDefinition>> definitions, FilterReference root)
      throws VirtException {
    Walk walk = new Walk(definitions);
    walk.enter(root.filter(), root.parameters());
    return new FilterTree(root.filter(), walk.reached, walk.leaves);
  }

  /** Returns the names of variables that rules use and that have no value there, sorted. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    for (Leaf leaf : leaves) {
      for (Attribute attribute : leaf.rule().attributes()) {
        if (attribute.value() instanceof Value.Variable variable
            && !leaf.variables().containsKey(variable.use().name())) {
          missing.add(variable.use().name());
        }
      }
    }
    return missing;
  }

  private static final class Walk {
    private final Function<String, Optional<FilterDefinition>> definitions;
    private final Set<String> path = new LinkedHashSet<>();
    private final Set<String> reached = new LinkedHashSet<>();
    private final List<Leaf> leaves = new ArrayList<>();
    private int visits;

    Walk(Function<String, Optional<FilterDefinition>> definitions) {
      this.definitions = definitions;
    }

    void enter(String name, Map<String, List<String>> outer) throws VirtException {
      if (path.contains(name)) {
        throw new VirtException(
            ErrorCode.INVALID_NWFILTER,
            "use filter " + path.iterator().next() + ": loop " + chain() + " → " + name);
      }
      if (++visits > MAX_RULES) {
        throw tooMany();
      }
      if (path.size() >= MAX_DEPTH) {
        throw new VirtException(
            ErrorCode.INVALID_NWFILTER,
            "use filter " + path.iterator().next() + ": more than " + MAX_DEPTH + " levels");
      }
      Optional<FilterDefinition> definition = definitions.apply(name);
      if (definition.isEmpty()) {
        throw new VirtException(
            ErrorCode.NO_NWFILTER,
            path.isEmpty()
                ? "filter '" + name + "' is not defined"
                : "use filter " + chain() + ": filter '" + name + "' is not defined");
      }
      path.add(name);
      reached.add(name);
      for (Entry entry : definition.get().entries()) {
        if (entry instanceof FilterRule rule) {
          leaves.add(new Leaf(definition.get(), rule, outer));
          if (leaves.size() > MAX_RULES) {
            throw tooMany();
          }
        } else if (entry instanceof Include include) {
          Map<String, List<String>> inner = new LinkedHashMap<>(include.parameters());
          inner.putAll(outer);
          enter(include.filter(), inner);
        }
      }
      path.remove(name);
    }

    private VirtException tooMany() {
      return new VirtException(
          ErrorCode.INVALID_NWFILTER,
          "use filter " + path.iterator().next() + ": more than " + MAX_RULES + " rules");
    }

    private String chain() {
      return String.join(" → ", path);
    }
  }
}
