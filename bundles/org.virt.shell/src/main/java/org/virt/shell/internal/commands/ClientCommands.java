package org.virt.shell.internal.commands;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.access.ClientIdentity;
import org.virt.api.access.ClientManager.Client;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands about the clients of the wire protocol. */
public final class ClientCommands {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssZ", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private static final String FILE = "file";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("client-list", Group.RUNTIME, "list the clients of the wire protocol")
            .does(this::list),
        Command.named("client-disconnect", Group.RUNTIME, "cut a client off")
            .argument("client", "number of the client", Values.NOTHING)
            .does(this::disconnect),
        Command.named("client-password", Group.RUNTIME, "set the password of a user (SASL)")
            .argument("user", "name of the user", Values.NOTHING)
            .option(
                FILE, "file whose first line is the password; - for standard input", Values.FILE)
            .flag("remove", "remove the user")
            .does(this::password));
  }

  private void list(Invocation call) throws VirtException {
    Table table = new Table("Id", "Transport", "Who", "Access", "Connected since", "URI");
    for (Client client : call.services().clients().clients()) {
      table.row(
          Long.toString(client.number()),
          client.identity().transport().name().toLowerCase(Locale.ROOT),
          who(client.identity()),
          client.access().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          TIME.format(client.connected()),
          client.uri().isEmpty() ? "-" : client.uri());
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static String who(ClientIdentity identity) {
    return identity
        .saslUser()
        .or(identity::certificate)
        .or(identity::user)
        .orElse(identity.address());
  }

  private void password(Invocation call) throws VirtException, UsageException, CommandException {
    String user = call.arguments().required("user");
    boolean remove = call.arguments().has("remove");
    if (remove == call.arguments().value(FILE).isPresent()) {
      throw new UsageException("need either --file or --remove");
    }
    Optional<String> password =
        remove ? Optional.empty() : call.file(FILE).lines().findFirst().or(() -> Optional.of(""));
    call.services().clients().setPassword(user, password);
    call.confirm("User '" + user + "' " + (remove ? "removed" : "has a new password"));
  }

  private void disconnect(Invocation call) throws VirtException, UsageException {
    String text = call.arguments().required("client");
    if (!text.matches("[0-9]{1,18}")) {
      throw new UsageException("'" + text + "' is no number of a client; client-list shows them");
    }
    call.services().clients().disconnect(Long.parseLong(text));
    call.confirm("Client '" + text + "' disconnected");
  }
}
