package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.virt.api.PortId;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.TechniqueStatus;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands that show the addresses of ports, and choose the technique. */
public final class PortCommands {
  private static final String PORT = "port";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named(
                "nwfilter-technique", Group.FILTER, "show the filter techniques, or choose one")
            .optional("name", "the technique that is to hold the rules", Values.TECHNIQUE)
            .does(this::technique),
        Command.named("addresses", Group.FILTER, "list the addresses that interfaces may use")
            .optional(PORT, "those of one interface only", Values.PORT)
            .does(this::addresses));
  }

  private void technique(Invocation call) throws CommandException {
    FilterManager filters = call.filters();
    Optional<String> name = call.arguments().value("name");
    if (name.isPresent()) {
      attempt(
          "Failed to choose filter technique " + name.get(),
          () -> filters.selectTechnique(name.get()));
      call.confirm("Filter technique " + name.get() + " chosen");
      return;
    }
    Table table = new Table("Technique", "Use", "Details");
    for (TechniqueStatus technique : filters.techniques()) {
      List<String> details = technique.details();
      table.row(technique.name(), technique.use().name(), details.isEmpty() ? "-" : details.get(0));
      details.stream().skip(1).forEach(detail -> table.row("", "", detail));
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void addresses(Invocation call) throws CommandException, UsageException {
    Optional<PortId> only = port(call);
    Table table = new Table("Port", "MAC", "Address", "Source", "Expires");
    for (PortAddress address : call.filters().addresses()) {
      if (only.isEmpty() || only.get().equals(address.port())) {
        table.row(
            address.port().name(),
            address.mac().toString(),
            address.address().getHostAddress(),
            address.source().name(),
            address
                .expires()
                .map(end -> TIME.format(end.atZone(ZoneId.systemDefault())))
                .orElse("never"));
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static Optional<PortId> port(Invocation call) throws UsageException {
    Optional<String> name = call.arguments().value(PORT);
    return name.isEmpty() ? Optional.empty() : Optional.of(Invocation.port(name.get()));
  }
}
