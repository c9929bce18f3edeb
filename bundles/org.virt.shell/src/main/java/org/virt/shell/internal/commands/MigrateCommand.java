package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virt.api.domain.MigrationVerbs;
import org.virt.api.domain.MigrationVerbs.MigrateFlag;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** The command that moves a machine to another host. */
public final class MigrateCommand {
  private static final String DESTINATION = "desturi";

  /** Returns the command. */
  public List<Command> commands() {
    return List.of(
        Verbs.domain("migrate", "move a domain to another host")
            .argument(DESTINATION, "URI of a connection to that host", Values.NOTHING)
            .flag("live", "while it runs")
            .flag("persistent", "define it there")
            .flag("undefinesource", "undefine it here")
            .does(this::migrate));
  }

  private void migrate(Invocation call) throws CommandException, UsageException {
    MigrationVerbs verbs = Verbs.of(call, MigrationVerbs.class);
    Set<MigrateFlag> flags = EnumSet.noneOf(MigrateFlag.class);
    if (call.arguments().has("live")) {
      flags.add(MigrateFlag.LIVE);
    }
    if (call.arguments().has("persistent")) {
      flags.add(MigrateFlag.PERSIST_DEST);
    }
    if (call.arguments().has("undefinesource")) {
      flags.add(MigrateFlag.UNDEFINE_SOURCE);
    }
    URI destination;
    try {
      destination = new URI(call.arguments().required(DESTINATION));
    } catch (URISyntaxException e) {
      throw new UsageException("--" + DESTINATION + ": not a URI: " + e.getReason());
    }
    attempt(
        "Failed to migrate domain '" + Verbs.name(call) + "'",
        () -> verbs.migrate(destination, flags));
  }
}
