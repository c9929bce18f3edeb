package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;
import static org.virt.shell.internal.commands.ManagedObjects.line;
import static org.virt.shell.internal.commands.ManagedObjects.yes;

import java.util.List;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Table;

/** Commands about virtual networks. */
public final class NetworkCommands {
  private static final ManagedObjects<Networks, VirtualNetwork> NETWORKS =
      new ManagedObjects<>(
          new ManagedObjects.Words(
              Group.NETWORK, "net", "network", "Network", ErrorCode.NO_NETWORK),
          Networks.class,
          Networks::networks);

  /** Returns the commands. */
  public List<Command> commands() {
    return Stream.of(looking(), changing(), NETWORKS.names("network"))
        .flatMap(List::stream)
        .toList();
  }

  private List<Command> looking() {
    return List.of(
        Command.named("net-list", Group.NETWORK, "list networks")
            .flag("all", "inactive ones too")
            .flag("inactive", "inactive ones only")
            .flag("name", "names only")
            .does(this::list),
        NETWORKS.command("info", "show what there is to know about a network").does(this::info),
        NETWORKS.command("dumpxml", "print the XML of a network").does(this::dumpxml));
  }

  private static List<Command> changing() {
    return List.of(
        NETWORKS.making(
            "define",
            "defined",
            "define a network from an XML file, without starting it",
            Networks::defineNetwork),
        NETWORKS.making(
            "create",
            "created",
            "start a network from an XML file that is gone when it ends",
            Networks::createNetwork),
        NETWORKS.doing(
            "start", "started", "start a network that is defined", Networks::startNetwork),
        NETWORKS.doing("destroy", "destroyed", "end a network", Networks::destroyNetwork),
        NETWORKS.doing(
            "undefine",
            "has been undefined",
            "remove the definition of a network",
            Networks::undefineNetwork),
        NETWORKS.edit(Networks::networkXml, Networks::defineNetwork),
        NETWORKS.autostart("have a network active when the host is", Networks::autostartNetwork));
  }

  private void list(Invocation call) throws CommandException {
    Table table = new Table("Name", "State", "Autostart", "Persistent");
    for (VirtualNetwork one : NETWORKS.chosen(call)) {
      if (call.arguments().has("name")) {
        call.out().println(one.name());
      } else {
        table.row(
            one.name(),
            one.isActive() ? "active" : "inactive",
            yes(one.isAutostarted()),
            yes(one.isPersistent()));
      }
    }
    if (!call.arguments().has("name")) {
      call.out().print(table.text(call.peer().quiet()));
    }
  }

  private void info(Invocation call) throws CommandException {
    VirtualNetwork one = NETWORKS.of(call);
    line(call, "Name:", one.name());
    line(call, "UUID:", one.uuid());
    line(call, "Active:", yes(one.isActive()));
    line(call, "Persistent:", yes(one.isPersistent()));
    line(call, "Autostart:", yes(one.isAutostarted()));
    one.bridge().ifPresent(bridge -> line(call, "Bridge:", bridge));
  }

  private void dumpxml(Invocation call) throws CommandException {
    Networks networks = NETWORKS.facet(call);
    String name = NETWORKS.of(call).name();
    call.out().print(attempt("failed to get network XML", () -> networks.networkXml(name)));
  }
}
