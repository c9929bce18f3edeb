package org.virt.nwfilter.internal.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.compile.FilterTree.Leaf;
import org.virt.nwfilter.internal.compile.PortCompiler.Compiled;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.Direction;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.Operands;
import org.virt.nwfilter.internal.xml.Vocabulary;
import org.virt.nwfilter.internal.xml.Vocabulary.Condition;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Protocol.Layer;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.Rule;
import org.virt.spi.nwfilter.Step.State;

/** Compiles the rules of a filter tree for one port. */
final class ProgramCompiler {
  private static final Comparator<LinkRule> BY_PRIORITY =
      Comparator.comparingInt(LinkRule::priority);

  private final Own own;
  private final List<LinkRule> outgoing = new ArrayList<>();
  private final List<LinkRule> incoming = new ArrayList<>();
  private final List<TransportRule> transportOutgoing = new ArrayList<>();
  private final List<TransportRule> transportIncoming = new ArrayList<>();
  private boolean shared = true;

  private ProgramCompiler(Own own) {
    this.own = own;
  }

  /** A rule about frames and the chain that it goes into. */
  record LinkRule(
      org.virt.nwfilter.internal.xml.FilterDefinition filter, int priority, Rule rule) {}

  private record TransportRule(int priority, Rule rule) {}

  /**
   * Compiles a tree.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} for a variable without value or with a
   *     wrong one, {@code INVALID_NWFILTER} for a rule that cannot be used; with filter and rule
   */
  static Compiled compile(FilterTree tree, Own own) throws VirtException {
    ProgramCompiler compiler = new ProgramCompiler(own);
    for (Leaf leaf : tree.leaves()) {
      compiler.add(leaf);
      if (compiler.size() > FilterTree.MAX_RULES) {
        throw new VirtException(
            ErrorCode.INVALID_NWFILTER,
            "use filter " + tree.root() + ": more than " + FilterTree.MAX_RULES + " rules");
      }
    }
    compiler.outgoing.sort(BY_PRIORITY);
    compiler.incoming.sort(BY_PRIORITY);
    Program program =
        new Program(
            ChainLayout.of(compiler.outgoing),
            ChainLayout.of(compiler.incoming),
            sorted(compiler.transportOutgoing),
            sorted(compiler.transportIncoming));
    return new Compiled(program, compiler.shared);
  }

  private static List<Rule> sorted(List<TransportRule> rules) {
    rules.sort(Comparator.comparingInt(TransportRule::priority));
    return rules.stream().map(TransportRule::rule).toList();
  }

  private int size() {
    return outgoing.size() + incoming.size() + transportOutgoing.size() + transportIncoming.size();
  }

  private void add(Leaf leaf) throws VirtException {
    RuleExpander expander = new RuleExpander(leaf, own);
    Protocol protocol = leaf.rule().protocol().orElse(Protocol.MAC);
    for (Map<String, String> values : expander.expand()) {
      List<Match> matches = matches(leaf, protocol, values);
      if (protocol.layer() == Layer.LINK) {
        addLink(leaf, protocol, matches);
      } else {
        addTransport(leaf, protocol, matches, states(leaf, values));
      }
    }
    shared &= !expander.usedLiterals();
  }

  private void addLink(Leaf leaf, Protocol protocol, List<Match> matches) {
    FilterRule rule = leaf.rule();
    boolean both = rule.direction() == Direction.INOUT;
    if (rule.direction() != Direction.IN) {
      List<Match> turned = both ? Turn.round(matches) : matches;
      link(leaf, protocol, turned, outgoing);
    }
    if (rule.direction() != Direction.OUT) {
      link(leaf, protocol, matches, incoming);
    }
  }

  private static void link(Leaf leaf, Protocol protocol, List<Match> matches, List<LinkRule> to) {
    Rule rule = new Rule(leaf.rule().action(), protocol, matches, Connection.ANY, leaf.origin());
    int priority = leaf.rule().priority();
    to.add(new LinkRule(leaf.filter(), priority, rule));
    ArpHardware.alsoDropped(rule)
        .ifPresent(other -> to.add(new LinkRule(leaf.filter(), priority, other)));
  }

  private void addTransport(
      Leaf leaf, Protocol protocol, List<Match> matches, Optional<Set<State>> states) {
    int priority = leaf.rule().priority();
    new TransportRules(leaf, protocol, matches, states)
        .add(
            rule -> transportOutgoing.add(new TransportRule(priority, rule)),
            rule -> transportIncoming.add(new TransportRule(priority, rule)));
  }

  private static Optional<Set<State>> states(Leaf leaf, Map<String, String> values)
      throws VirtException {
    String text = values.get("state");
    if (text == null) {
      return Optional.empty();
    }
    if (leaf.rule().attribute("state").map(Attribute::sense).get() == Sense.IS_NOT) {
      throw new VirtException(
          ErrorCode.INVALID_NWFILTER, leaf.origin() + ": 'state' cannot be negated");
    }
    return Optional.of(Operands.states(text));
  }

  private List<Match> matches(Leaf leaf, Protocol protocol, Map<String, String> values)
      throws VirtException {
    List<Match> matches = new ArrayList<>();
    for (Condition condition : Vocabulary.of(protocol)) {
      String name = condition.attributes().get(0).name();
      if (condition.field().isEmpty() || !values.containsKey(name)) {
        continue;
      }
      Optional<Operand> operand = operand(leaf, condition, values);
      if (operand.isPresent()) {
        Sense sense = leaf.rule().attribute(name).orElseThrow().sense();
        matches.add(new Match(condition.field().get(), sense, operand.get()));
      }
    }
    return matches;
  }

  private Optional<Operand> operand(Leaf leaf, Condition condition, Map<String, String> values)
      throws VirtException {
    Optional<Operand> own = RuleExpander.own(values.get(condition.attributes().get(0).name()));
    if (own.isPresent()) {
      return own;
    }
    try {
      return Operands.of(condition, values);
    } catch (IllegalArgumentException e) {
      throw new VirtException(ErrorCode.INVALID_NWFILTER, leaf.origin() + ": " + e.getMessage(), e);
    }
  }
}
