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
import org.virt.nwfilter.internal.compile.PortCompiler.Learned;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Tracking;
import org.virt.nwfilter.internal.xml.Operands;
import org.virt.nwfilter.internal.xml.Vocabulary;
import org.virt.nwfilter.internal.xml.Vocabulary.Condition;
import org.virt.nwfilter.internal.xml.Vocabulary.Shape;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Protocol.Layer;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Direction;
import org.virt.spi.nwfilter.Step.Rule;
import org.virt.spi.nwfilter.Step.State;

/** Compiles the rules of a filter tree for one port. */
final class ProgramCompiler {
  private static final Comparator<LinkRule> BY_PRIORITY =
      Comparator.comparingInt(LinkRule::priority);

  private final Learned learned;
  private final List<LinkRule> outgoing = new ArrayList<>();
  private final List<LinkRule> incoming = new ArrayList<>();
  private final List<TransportRule> transport = new ArrayList<>();

  private ProgramCompiler(Learned learned) {
    this.learned = learned;
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
  static PortProgram compile(FilterTree tree, PortRef port, Learned learned) throws VirtException {
    ProgramCompiler compiler = new ProgramCompiler(learned);
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
    compiler.transport.sort(Comparator.comparingInt(TransportRule::priority));
    return new PortProgram(
        port,
        ChainLayout.of(compiler.outgoing),
        ChainLayout.of(compiler.incoming),
        compiler.transport.stream().map(TransportRule::rule).toList());
  }

  private int size() {
    return outgoing.size() + incoming.size() + transport.size();
  }

  private void add(Leaf leaf) throws VirtException {
    RuleExpander expander = new RuleExpander(leaf, learned);
    Protocol protocol = leaf.rule().protocol().orElse(Protocol.MAC);
    for (Map<String, String> values : expander.expand()) {
      List<Match> matches = matches(leaf, protocol, values);
      if (protocol.layer() == Layer.LINK) {
        addLink(leaf, protocol, matches);
      } else {
        addTransport(leaf, protocol, matches, states(leaf, values));
      }
    }
  }

  private void addLink(Leaf leaf, Protocol protocol, List<Match> matches) {
    FilterRule rule = leaf.rule();
    boolean both = rule.direction() == Direction.INOUT;
    if (rule.direction() != Direction.IN) {
      List<Match> turned = both ? Turn.round(matches) : matches;
      outgoing.add(link(leaf, Direction.OUT, protocol, turned));
    }
    if (rule.direction() != Direction.OUT) {
      incoming.add(link(leaf, Direction.IN, protocol, matches));
    }
  }

  private LinkRule link(Leaf leaf, Direction direction, Protocol protocol, List<Match> matches) {
    Rule rule =
        new Rule(leaf.rule().action(), direction, protocol, matches, Set.of(), leaf.origin());
    return new LinkRule(leaf.filter(), leaf.rule().priority(), rule);
  }

  private void addTransport(Leaf leaf, Protocol protocol, List<Match> matches, Set<State> states) {
    FilterRule rule = leaf.rule();
    boolean stateless =
        rule.tracking() == Tracking.STATELESS
            && states.isEmpty()
            && rule.direction() != Direction.INOUT
            && rule.action() != Action.DROP
            && rule.action() != Action.REJECT;
    Set<State> these = stateless ? Set.of(State.NONE) : states;
    transport(
        leaf, new Rule(rule.action(), rule.direction(), protocol, matches, these, leaf.origin()));
    if (stateless) {
      // libvirt lets the answers through as well, whatever their MAC addresses.
      List<Match> answers =
          Turn.round(matches).stream()
              .filter(m -> m.field() != Field.ETHER_SOURCE && m.field() != Field.ETHER_DESTINATION)
              .toList();
      Direction back = rule.direction() == Direction.IN ? Direction.OUT : Direction.IN;
      transport(leaf, new Rule(rule.action(), back, protocol, answers, these, leaf.origin()));
    }
  }

  private void transport(Leaf leaf, Rule rule) {
    transport.add(new TransportRule(leaf.rule().priority(), rule));
  }

  private Set<State> states(Leaf leaf, Map<String, String> values) throws VirtException {
    String text = values.get("state");
    if (text == null) {
      return Set.of();
    }
    if (leaf.rule().attribute("state").map(Attribute::sense).get() == Sense.IS_NOT) {
      throw new VirtException(
          ErrorCode.INVALID_NWFILTER, leaf.origin() + ": 'state' cannot be negated");
    }
    return Operands.states(text);
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
    if (condition.shape() == Shape.NET
        && RuleExpander.LOOKUP.equals(values.get(condition.attributes().get(0).name()))) {
      return Optional.of(new Operand.Lookup(Operand.Family.IPV4));
    }
    try {
      return Operands.of(condition, values);
    } catch (IllegalArgumentException e) {
      throw new VirtException(ErrorCode.INVALID_NWFILTER, leaf.origin() + ": " + e.getMessage(), e);
    }
  }
}
