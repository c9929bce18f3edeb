package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.FilterOutline;
import org.virt.api.nwfilter.FilterOutline.Chain;
import org.virt.api.nwfilter.FilterOutline.Node;
import org.virt.api.nwfilter.FilterOutline.Step;
import org.virt.api.nwfilter.FilterOutline.Variable;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;

/** Shows how a filter is put together. */
public final class FilterTreeCommand {
  private static final String FILTER = "nwfilter";

  /** Returns the command. */
  public List<Command> commands() {
    return List.of(
        Command.named(
                "nwfilter-tree",
                Group.FILTER,
                "show what a network filter refers to, its chains in order, its variables")
            .argument(FILTER, "network filter name or uuid", Values.FILTER)
            .does(this::show));
  }

  private void show(Invocation call) throws CommandException {
    String name = call.arguments().required(FILTER);
    FilterManager filters = call.filters();
    List<String> faults =
        attempt("failed to get nwfilter '" + name + "'", () -> filters.filter(name)).faults();
    FilterOutline outline =
        attempt("failed to outline nwfilter '" + name + "'", () -> filters.outline(name));
    PrintStream out = call.out();
    tree(out, outline.tree(), "");
    outline.chains().forEach(chain -> chain(out, chain));
    if (!outline.variables().isEmpty()) {
      out.println();
      out.print(variables(outline).text(call.peer().quiet()));
    }
    if (!faults.isEmpty()) {
      out.println();
      faults.forEach(fault -> out.println("unusable: " + fault));
    }
  }

  private static void tree(PrintStream out, Node node, String indent) {
    String lead = indent.isEmpty() ? "" : indent.substring(0, indent.length() - 3) + "+- ";
    out.println(lead + node.filter() + "  " + describe(node));
    List<Node> references = node.references();
    for (int i = 0; i < references.size(); i++) {
      // Below the last one no line goes on.
      tree(out, references.get(i), indent + (i + 1 < references.size() ? "  |  " : "     "));
    }
  }

  private static String describe(Node node) {
    String rules = node.rules() == 1 ? "1 rule" : node.rules() + " rules";
    String parameters =
        node.parameters().entrySet().stream()
            .map(p -> ", " + p.getKey() + "=" + String.join(",", p.getValue()))
            .collect(Collectors.joining());
    return "(chain " + node.chain() + ", " + rules + parameters + ")";
  }

  private static void chain(PrintStream out, Chain chain) {
    out.println();
    if (chain.name().isEmpty()) {
      out.println("protocols above IP, after all chains");
    } else if (chain.priority() == 0) {
      out.println("chain " + chain.name());
    } else {
      out.println("chain " + chain.name() + ", priority " + chain.priority());
    }
    for (Step step : chain.steps()) {
      String what =
          step.jump().isPresent()
              ? "chain " + step.jump().get()
              : step.text() + "  (" + step.origin() + ")";
      out.println(String.format("%6d  %s", step.priority(), what));
    }
  }

  private static Table variables(FilterOutline outline) {
    Table table = new Table("Variable", "From", "Values", "Used by");
    for (Variable variable : outline.variables()) {
      List<String> uses = variable.uses();
      table.row(
          variable.name(),
          source(variable.source()),
          variable.values().isEmpty() ? "-" : String.join(", ", variable.values()),
          uses.get(0));
      uses.stream().skip(1).forEach(use -> table.row("", "", "", use));
    }
    return table;
  }

  private static String source(FilterOutline.Source source) {
    return switch (source) {
      case MAC -> "MAC address of the binding";
      case BINDING_OR_LEARNED -> "binding, else learned";
      case BINDING -> "binding";
      case REFERENCE -> "filterref, unless the binding gives it";
    };
  }
}
