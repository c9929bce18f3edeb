package org.virt.shell.internal.command;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.virt.shell.internal.command.Parameter.Kind;
import org.virt.shell.internal.command.Parameter.Values;

/** Prints what commands declare about themselves. */
final class Help {
  private final CommandTable table;

  Help(CommandTable table) {
    this.table = table;
  }

  List<Command> commands() {
    return List.of(
        Command.named("help", Group.SHELL, "print help")
            .optional("command", "a command or the keyword of a group", Values.COMMAND)
            .does(this::help));
  }

  private void help(Invocation call) throws CommandException {
    Optional<String> topic = call.arguments().value("command");
    if (topic.isEmpty()) {
      call.out().println("Grouped commands:");
      for (Group group : Group.values()) {
        call.out().println();
        call.out().print(of(group));
      }
      call.out().println();
      call.out()
          .println(" Commands of the framework are named with their scope: felix:lb, scr:list");
      return;
    }
    Optional<Group> group =
        Arrays.stream(Group.values()).filter(g -> g.keyword().equals(topic.get())).findFirst();
    Optional<Command> command = table.find(topic.get());
    if (command.isPresent()) {
      call.out().print(of(command.get()));
    } else if (group.isPresent()) {
      call.out().print(of(group.get()));
    } else {
      throw new CommandException("command or command group '" + topic.get() + "' doesn't exist");
    }
  }

  private String of(Group group) {
    StringBuilder text = new StringBuilder();
    text.append(' ')
        .append(group.title())
        .append(" (help keyword '")
        .append(group.keyword())
        .append("'):\n");
    table.all().stream()
        .filter(command -> command.group() == group)
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .forEach(
            command -> text.append("    %-30s %s%n".formatted(command.name(), command.summary())));
    return text.toString();
  }

  static String of(Command command) {
    StringBuilder text = new StringBuilder();
    text.append("  NAME\n    ").append(command.name()).append(" - ").append(command.summary());
    text.append("\n\n  SYNOPSIS\n    ").append(command.synopsis()).append('\n');
    if (!command.parameters().isEmpty()) {
      text.append("\n  OPTIONS\n");
    }
    for (Parameter parameter : command.parameters()) {
      String shown =
          parameter.isArgument() ? "[--" + parameter.name() + "]" : "--" + parameter.name();
      String value = parameter.kind() == Kind.FLAG ? "" : " <string>";
      text.append("    %-16s %s%n".formatted(shown + value, parameter.summary()));
    }
    return text.append('\n').toString();
  }
}
