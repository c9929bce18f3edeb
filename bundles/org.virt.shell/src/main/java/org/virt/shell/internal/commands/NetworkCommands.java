package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.network.VirtualNetwork.Persistence;
import org.virt.api.network.VirtualNetwork.State;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;

/** Commands about virtual networks. */
public final class NetworkCommands {
  private static final String NETWORK = "network";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("net-list", Group.NETWORK, "list networks")
            .flag("all", "inactive ones too")
            .flag("inactive", "inactive ones only")
            .flag("name", "names only")
            .does(this::list),
        Command.named("net-info", Group.NETWORK, "show what there is to know about a network")
            .argument(NETWORK, "network name", Values.NOTHING)
            .does(this::info),
        Command.named("net-dumpxml", Group.NETWORK, "print the XML of a network")
            .argument(NETWORK, "network name", Values.NOTHING)
            .does(this::dumpxml));
  }

  private static Networks networks(Invocation call) throws CommandException {
    return call.connect().facet(Networks.class);
  }

  private void list(Invocation call) throws CommandException {
    Networks networks = networks(call);
    boolean inactive = call.arguments().has("inactive");
    boolean all = call.arguments().has("all");
    Table table = new Table("Name", "State", "Autostart", "Persistent");
    for (VirtualNetwork one : attempt("Failed to list networks", networks::networks)) {
      boolean active = one.state() == State.ACTIVE;
      if (!all && active == inactive) {
        continue;
      }
      if (call.arguments().has("name")) {
        call.out().println(one.name());
      } else {
        table.row(
            one.name(),
            active ? "active" : "inactive",
            yes(one.persistence() == Persistence.AUTOSTART),
            yes(one.persistence() != Persistence.TRANSIENT));
      }
    }
    if (!call.arguments().has("name")) {
      call.out().print(table.text(call.peer().quiet()));
    }
  }

  private static String yes(boolean is) {
    return is ? "yes" : "no";
  }

  private void info(Invocation call) throws CommandException {
    Networks networks = networks(call);
    String name = call.arguments().required(NETWORK);
    VirtualNetwork one =
        attempt("failed to get network '" + name + "'", () -> networks.network(name));
    line(call, "Name:", one.name());
    line(call, "UUID:", one.uuid());
    line(call, "Active:", yes(one.state() == State.ACTIVE));
    line(call, "Persistent:", yes(one.persistence() != Persistence.TRANSIENT));
    line(call, "Autostart:", yes(one.persistence() == Persistence.AUTOSTART));
    one.bridge().ifPresent(bridge -> line(call, "Bridge:", bridge));
  }

  private static void line(Invocation call, String name, Object value) {
    call.out().println(String.format("%-15s %s", name, value));
  }

  private void dumpxml(Invocation call) throws CommandException {
    Networks networks = networks(call);
    String name = call.arguments().required(NETWORK);
    call.out().print(attempt("failed to get network XML", () -> networks.networkXml(name)));
  }
}
