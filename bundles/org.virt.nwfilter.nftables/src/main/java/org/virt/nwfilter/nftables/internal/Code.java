package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
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
    Rule with(Verdict other) {
      return new Rule(conditions, other, comment);
    }
  }

  /**
   * A chain.
   *
   * @param name unique within the table
   * @param rules looked at in this order
   */
  record Chain(String name, List<Rule> rules) {}

  /**
   * The chains of a program, which all its ports share; the first one of each direction is entered.
   *
   * @param group what the names of all its chains begin with; the same for the same rules only
   * @param outgoing for frames that a guest sends
   * @param incoming for frames towards a guest
   */
  record Rules(String group, List<Chain> outgoing, List<Chain> incoming) {
    /** Returns the same rules under other names, which no other port has. */
    Rules apart(int index) {
      return renamed(group + "p" + index);
    }

    private Rules renamed(String name) {
      return new Rules(name, renamed(name, outgoing), renamed(name, incoming));
    }

    private List<Chain> renamed(String name, List<Chain> chains) {
      int end = group.length();
      return chains.stream()
          .map(
              chain ->
                  new Chain(
                      name + chain.name().substring(end),
                      chain.rules().stream()
                          .map(rule -> rule.with(rule.verdict().inGroup(end, name)))
                          .toList()))
          .toList();
    }

    /** Returns the rules of chains that are not named after a group yet. */
    static Rules named(String group, List<Chain> outgoing, List<Chain> incoming) {
      return new Rules("", outgoing, incoming).renamed(group);
    }

    /** Returns all chains. */
    List<Chain> chains() {
      List<Chain> all = new ArrayList<>(outgoing);
      all.addAll(incoming);
      return all;
    }
  }

  /**
   * A port, and what it has.
   *
   * @param label what the kernel keeps of it, to be known again
   * @param addresses what its lookups find
   * @param rules its program's chains
   */
  record Port(Label label, List<AddressBinding> addresses, Rules rules) {
    int index() {
      return label.port().index();
    }
  }
}
