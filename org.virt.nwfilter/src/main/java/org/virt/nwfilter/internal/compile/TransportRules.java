package org.virt.nwfilter.internal.compile;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.virt.nwfilter.internal.xml.FilterDefinition.Direction;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Tracking;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.Rule;
import org.virt.spi.nwfilter.Step.State;
import org.virt.spi.nwfilter.Step.Way;

/**
 * What a rule about IPv4 or IPv6 packets becomes in each direction. A rule that accepts is about
 * connections: packets that open one go the way the rule says, and answers come back
 * (formatnwfilter, "Usage of conntrack to do connection tracking"); libvirt turns all others round
 * as well.
 */
final class TransportRules {
  private static final Connection OPENS =
      new Connection(Set.of(State.NEW, State.ESTABLISHED), Optional.of(Way.ORIGINAL));
  private static final Connection ANSWERS =
      new Connection(Set.of(State.ESTABLISHED), Optional.of(Way.REPLY));

  private final FilterRule rule;
  private final Protocol protocol;
  private final List<Match> matches;
  private final Optional<Set<State>> states;
  private final String origin;

  /**
   * Takes a rule.
   *
   * @param states the states that it names; empty inside for {@code NONE}; absent when it names
   *     none
   */
  TransportRules(
      FilterTree.Leaf leaf, Protocol protocol, List<Match> matches, Optional<Set<State>> states) {
    rule = leaf.rule();
    origin = leaf.origin();
    this.protocol = protocol;
    this.matches = matches;
    this.states = states;
  }

  /** Gives what the rule becomes to the lists of the two directions. */
  void add(Consumer<Rule> outgoing, Consumer<Rule> incoming) {
    boolean stateless = rule.tracking() == Tracking.STATELESS;
    boolean both = rule.direction() == Direction.INOUT;
    Consumer<Rule> written = rule.direction() == Direction.OUT ? outgoing : incoming;
    Consumer<Rule> turned = written == outgoing ? incoming : outgoing;
    if (states.isPresent() && !stateless) {
      Connection connection = new Connection(states.get(), Optional.empty());
      written.accept(asWritten(connection));
      if (both) {
        addTurned(turned, connection);
      }
    } else if (has(Field.CONNECTION_LIMIT)) {
      // Counted where connections are opened.
      written.accept(asWritten(Connection.ANY));
    } else if (has(Field.ICMP_TYPE)) {
      // The type of the answer is another one, and nobody says which.
      boolean tracked = rule.action() == Action.ACCEPT && !stateless && !both;
      written.accept(
          asWritten(tracked ? new Connection(OPENS.states(), Optional.empty()) : Connection.ANY));
      if (both) {
        addTurned(turned, Connection.ANY);
      }
    } else {
      boolean tracked = rule.action() == Action.ACCEPT && !stateless && !both;
      written.accept(asWritten(tracked ? OPENS : Connection.ANY));
      addTurned(turned, tracked ? ANSWERS : Connection.ANY);
    }
  }

  private boolean has(Field field) {
    return matches.stream().anyMatch(match -> match.field() == field);
  }

  private Rule asWritten(Connection connection) {
    return new Rule(rule.action(), protocol, matches, connection, origin);
  }

  /** As libvirt: packets that come back have other MAC addresses, which are not looked at. */
  private void addTurned(Consumer<Rule> list, Connection connection) {
    List<Match> rest =
        Turn.round(matches).stream()
            .filter(m -> m.field() != Field.ETHER_SOURCE && m.field() != Field.ETHER_DESTINATION)
            .toList();
    boolean onlyMac = rest.isEmpty() && !matches.isEmpty() && connection.equals(Connection.ANY);
    if (!onlyMac) {
      list.accept(new Rule(rule.action(), protocol, rest, connection, origin));
    }
  }
}
