package org.virt.api.nwfilter;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a filter is put together, with all that it refers to.
 *
 * @param tree the filter and its references
 * @param chains the chains in the order in which frames reach them, {@code root} first; last, where
 *     there are rules about protocols above IP, one without a name that holds these
 * @param variables the variables that rules use, sorted by name
 */
public record FilterOutline(Node tree, List<Chain> chains, List<Variable> variables) {
  public FilterOutline {
    Objects.requireNonNull(tree, "tree");
    chains = List.copyOf(chains);
    variables = List.copyOf(variables);
  }

  /**
   * A filter at one place of the tree.
   *
   * @param filter its name
   * @param chain the chain that its rules go into
   * @param priority the chain's priority
   * @param rules the number of its own rules
   * @param parameters values that the reference gives, by name of variable
   * @param references the filters that it refers to, in the order of the XML
   */
  public record Node(
      String filter,
      String chain,
      int priority,
      int rules,
      Map<String, List<String>> parameters,
      List<Node> references) {
    public Node {
      parameters = new FilterReference(filter, parameters).parameters();
      references = List.copyOf(references);
    }
  }

  /**
   * A chain.
   *
   * @param name its name; empty for the rules about protocols above IP
   * @param priority where the root chain jumps into it
   * @param steps rules and, in the root chain, jumps by priority
   */
  public record Chain(String name, int priority, List<Step> steps) {
    public Chain {
      steps = List.copyOf(steps);
    }
  }

  /**
   * A rule of a chain, or a jump into another chain.
   *
   * @param priority its place
   * @param jump the chain that is gone through; absent for a rule
   * @param origin where the rule was written, such as {@code filter no-ip-spoofing, rule 2}; empty
   *     for a jump
   * @param text the rule in one line; what is jumped for
   */
  public record Step(int priority, Optional<String> jump, String origin, String text) {}

  /**
   * A variable.
   *
   * @param name its name without the dollar sign
   * @param source where its value comes from
   * @param values values that references between the filters give it, in the order of the tree
   * @param uses the rules that use it, such as {@code filter no-ip-spoofing, rule 2}
   */
  public record Variable(String name, Source source, List<String> values, List<String> uses) {
    public Variable {
      values = List.copyOf(values);
      uses = List.copyOf(uses);
    }
  }

  /** Where the value of a variable comes from. */
  public enum Source {
    /** From the binding's MAC address. */
    MAC,
    /** From the binding, or else it is learned. */
    BINDING_OR_LEARNED,
    /** From the binding, which is refused without it. */
    BINDING,
    /** From references between the filters, unless the binding gives another one. */
    REFERENCE
  }
}
