package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.spi.nwfilter.AddressBinding;

/** Rules in the kernel's terms; both the batch and the text are made from them. */
final class Code {
  private Code() {}

  /**
   * A rule.
   *
   * @param conditions all of them hold
   * @param verdict what is done then
   * @param comment where it comes from; empty for none
   */
  record Rule(List<Condition> conditions, Verdict verdict, String comment) {
    private Rule inGroup(String group) {
      return new Rule(
          conditions.stream().map(condition -> condition.inGroup(group)).toList(),
          verdict.inGroup(group),
          comment);
    }
  }

  /**
   * A chain.
   *
   * @param family of the table that it is in
   * @param name unique within the table
   * @param rules looked at in this order
   */
  record Chain(int family, String name, List<Rule> rules) {
    /** Returns the same with a name that starts with that of a group. */
    Chain inGroup(String group) {
      return new Chain(
          family, GroupName.with(group, name), rules.stream().map(r -> r.inGroup(group)).toList());
    }
  }

  /**
   * The chains of a program, which all its ports share; the first one of each direction is entered.
   *
   * @param group what the names of all its chains begin with; the same for the same rules only
   * @param outgoing for frames that a guest sends
   * @param incoming for frames towards a guest
   * @param transport rules above that
   */
  record Rules(String group, List<Chain> outgoing, List<Chain> incoming, Transport transport) {
    /** Says whether they are for ports that are in no bridge. */
    boolean isDirect() {
      return outgoing.get(0).family() == Batch.NETDEV;
    }

    /** Says whether all of it is in the chains that frames of bridge ports meet first. */
    boolean isOfFrames() {
      return !isDirect() && transport.entries().isEmpty() && transport.path().isEmpty();
    }

    /** Returns all chains. */
    List<Chain> chains() {
      List<Chain> all = new ArrayList<>(outgoing);
      all.addAll(incoming);
      transport.entries().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> all.add(entry.getValue()));
      return all;
    }

    /** Returns the same rules under other names, which no other port has. */
    Rules apart(int index) {
      return inGroup(group + "p" + index);
    }

    /** Returns the same with names that start with that of a group. */
    Rules inGroup(String name) {
      Map<String, Chain> entries = new TreeMap<>();
      transport.entries().forEach((map, chain) -> entries.put(map, chain.inGroup(name)));
      return new Rules(
          name,
          outgoing.stream().map(chain -> chain.inGroup(name)).toList(),
          incoming.stream().map(chain -> chain.inGroup(name)).toList(),
          new Transport(
              transport.path(),
              entries,
              transport.fromTypes(),
              transport.toTypes(),
              transport.limits().stream().map(set -> set.inGroup(name)).toList()));
    }
  }

  /**
   * A program that comes next, with what a port has of its own.
   *
   * @param label what the kernel keeps of it
   * @param rules its chains
   */
  record Next(Label label, Rules rules) {}

  /**
   * A port, and what it has.
   *
   * @param label what the kernel keeps of it, to be known again
   * @param addresses what its lookups find
   * @param rules its program's chains
   * @param next those that are in the kernel behind them, and decide about nothing yet
   */
  record Port(Label label, List<AddressBinding> addresses, Rules rules, Optional<Next> next) {
    Port(Label label, List<AddressBinding> addresses, Rules rules) {
      this(label, addresses, rules, Optional.empty());
    }

    int index() {
      return label.port().index();
    }

    /** Returns the chains of all programs that it has. */
    List<Rules> allRules() {
      return next.map(behind -> List.of(rules, behind.rules)).orElse(List.of(rules));
    }

    /** Returns the first chains that it has for itself; ports of bridges share theirs. */
    List<Layout.Base> firstChains() {
      return rules.isDirect() ? DirectLayout.chains(this) : List.of();
    }
  }
}
