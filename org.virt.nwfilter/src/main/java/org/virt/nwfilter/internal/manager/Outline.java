package org.virt.nwfilter.internal.manager;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterOutline;
import org.virt.api.nwfilter.FilterOutline.Chain;
import org.virt.api.nwfilter.FilterOutline.Node;
import org.virt.api.nwfilter.FilterOutline.Source;
import org.virt.api.nwfilter.FilterOutline.Step;
import org.virt.api.nwfilter.FilterOutline.Variable;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.Entry;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Include;
import org.virt.nwfilter.internal.xml.FilterDefinition.Value;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.spi.nwfilter.Protocol;

/** Shows how a filter is put together: what the compiler makes of it before any value is known. */
final class Outline {
  private static final Comparator<Step> BY_PRIORITY =
      Comparator.comparingInt(Step::priority).thenComparing(step -> step.jump().isEmpty());

  private final Definitions definitions;
  private final Map<String, Layout> chains = new LinkedHashMap<>();
  private final List<Step> root = new ArrayList<>();
  private final List<Step> transport = new ArrayList<>();
  private final Map<String, Use> variables = new TreeMap<>();

  private Outline(Definitions definitions) {
    this.definitions = definitions;
  }

  /** A chain but root, as far as it is known. */
  private static final class Layout {
    private final Protocol protocol;
    private final List<Step> steps = new ArrayList<>();
    private int priority;

    private Layout(Protocol protocol) {
      this.protocol = protocol;
    }
  }

  /** What is known of a variable. */
  private static final class Use {
    private final Set<String> values = new LinkedHashSet<>();
    private final Set<String> places = new LinkedHashSet<>();
    private boolean open;
  }

  /**
   * Makes the outline of a filter.
   *
   * @throws VirtException {@code INVALID_NWFILTER} for a loop or an unknown filter on the way
   */
  static FilterOutline of(Definitions definitions, FilterDefinition filter) throws VirtException {
    definitions.check(filter);
    Outline outline = new Outline(definitions);
    Node tree = outline.enter(filter, Map.of(), Map.of());
    return new FilterOutline(tree, outline.chains(), outline.variables());
  }

  private Node enter(
      FilterDefinition filter,
      Map<String, List<String>> given,
      Map<String, List<String>> variables) {
    List<Node> references = new ArrayList<>();
    int rules = 0;
    for (Entry entry : filter.entries()) {
      if (entry instanceof FilterRule rule) {
        rules++;
        add(filter, rule);
        rule.attributes().forEach(a -> use(a, origin(filter, rule), variables));
      } else if (entry instanceof Include include) {
        Map<String, List<String>> inner = new LinkedHashMap<>(include.parameters());
        inner.putAll(variables);
        FilterDefinition next = definitions.named(include.filter()).orElseThrow();
        references.add(enter(next, include.parameters(), inner));
      }
    }
    return new Node(
        filter.name(), filter.chain().name(), filter.priority(), rules, given, references);
  }

  private static String origin(FilterDefinition filter, FilterRule rule) {
    return "filter " + filter.name() + ", rule " + rule.number();
  }

  private void add(FilterDefinition filter, FilterRule rule) {
    Step step =
        new Step(rule.priority(), Optional.empty(), origin(filter, rule), FilterXml.line(rule));
    if (rule.protocol().orElse(Protocol.MAC).layer() != Protocol.Layer.LINK) {
      transport.add(step);
    } else if (filter.chain().isRoot()) {
      root.add(step);
    } else {
      Layout chain =
          chains.computeIfAbsent(filter.chain().name(), n -> new Layout(filter.chain().protocol()));
      chain.steps.add(step);
      // Filters may disagree; the last rule of the chain decides, as in the compiled program.
      chain.priority = filter.priority();
    }
  }

  private void use(Attribute attribute, String place, Map<String, List<String>> given) {
    if (attribute.value() instanceof Value.Variable variable) {
      String name = variable.use().name();
      Use use = variables.computeIfAbsent(name, n -> new Use());
      use.places.add(place);
      use.values.addAll(given.getOrDefault(name, List.of()));
      use.open |= !given.containsKey(name);
    }
  }

  private List<Chain> chains() {
    chains.forEach(
        (name, chain) ->
            root.add(new Step(chain.priority, Optional.of(name), "", chain.protocol.xmlName())));
    List<Chain> all = new ArrayList<>();
    all.add(new Chain("root", 0, sorted(root)));
    all.get(0).steps().stream()
        .flatMap(step -> step.jump().stream())
        .forEach(
            name -> {
              Layout chain = chains.get(name);
              all.add(new Chain(name, chain.priority, sorted(chain.steps)));
            });
    if (!transport.isEmpty()) {
      all.add(new Chain("", 0, sorted(transport)));
    }
    return all;
  }

  private static List<Step> sorted(List<Step> steps) {
    List<Step> sorted = new ArrayList<>(steps);
    // Jumps of one priority go by name, rules by the order of the XML.
    sorted.sort(BY_PRIORITY.thenComparing(step -> step.jump().orElse("")));
    return sorted;
  }

  private List<Variable> variables() {
    List<Variable> all = new ArrayList<>();
    variables.forEach(
        (name, use) ->
            all.add(
                new Variable(
                    name, source(name, use), List.copyOf(use.values), List.copyOf(use.places))));
    return all;
  }

  private static Source source(String name, Use use) {
    if (!use.open) {
      return Source.REFERENCE;
    }
    return switch (name) {
      case Own.MAC -> Source.MAC;
      case Own.IP -> Source.BINDING_OR_LEARNED;
      default -> Source.BINDING;
    };
  }
}
