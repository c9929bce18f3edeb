package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Optional;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands that define, start and end virtual networks. */
public final class NetworkChangeCommands {
  private static final String NETWORK = "network";
  private static final String FILE = "file";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        ofFile("net-define", "define a network from an XML file, without starting it")
            .does(this::define),
        ofFile("net-create", "start a network from an XML file that is gone when it ends")
            .does(this::create),
        of("net-start", "start a network that is defined")
            .does(call -> verb(call, "start", "started", Networks::startNetwork)),
        of("net-destroy", "end a network")
            .does(call -> verb(call, "destroy", "destroyed", Networks::destroyNetwork)),
        of("net-undefine", "remove the definition of a network")
            .does(call -> verb(call, "undefine", "has been undefined", Networks::undefineNetwork)),
        of("net-autostart", "have a network active when the host is")
            .flag("disable", "no longer")
            .does(this::autostart),
        of("net-name", "print the name of a network of a UUID")
            .does(call -> call.out().println(network(call).name())),
        of("net-uuid", "print the UUID of a network")
            .does(call -> call.out().println(network(call).uuid())));
  }

  /** Does something to a network. */
  @FunctionalInterface
  private interface Verb {
    void on(Networks networks, String name) throws VirtException;
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.NETWORK, summary)
        .argument(NETWORK, "network name or uuid", Values.NOTHING);
  }

  private static Command.Builder ofFile(String name, String summary) {
    return Command.named(name, Group.NETWORK, summary)
        .argument(FILE, "file with network XML", Values.FILE);
  }

  private static Networks networks(Invocation call) throws CommandException {
    return call.connect().facet(Networks.class);
  }

  private static VirtualNetwork network(Invocation call) throws CommandException {
    Networks networks = networks(call);
    String wanted = call.arguments().required(NETWORK);
    List<VirtualNetwork> all =
        attempt("failed to get network '" + wanted + "'", networks::networks);
    Optional<VirtualNetwork> found =
        all.stream().filter(one -> one.name().equals(wanted)).findFirst();
    return found
        .or(() -> all.stream().filter(one -> one.uuid().toString().equals(wanted)).findFirst())
        .orElseThrow(
            () ->
                new CommandException(
                    "failed to get network '" + wanted + "'",
                    new VirtException(
                        ErrorCode.NO_NETWORK,
                        "Network not found: no network with matching name '" + wanted + "'")));
  }

  private void define(Invocation call) throws CommandException {
    String file = call.arguments().required(FILE);
    String xml = call.file(FILE);
    Networks networks = networks(call);
    String name =
        attempt("Failed to define network from " + file, () -> networks.defineNetwork(xml));
    call.confirm("Network " + name + " defined from " + file);
  }

  private void create(Invocation call) throws CommandException {
    String file = call.arguments().required(FILE);
    String xml = call.file(FILE);
    Networks networks = networks(call);
    String name =
        attempt("Failed to create network from " + file, () -> networks.createNetwork(xml));
    call.confirm("Network " + name + " created from " + file);
  }

  private static void verb(Invocation call, String infinitive, String done, Verb verb)
      throws CommandException {
    String name = network(call).name();
    Networks networks = networks(call);
    attempt("Failed to " + infinitive + " network " + name, () -> verb.on(networks, name));
    call.confirm("Network " + name + " " + done);
  }

  private void autostart(Invocation call) throws CommandException {
    String name = network(call).name();
    Networks networks = networks(call);
    boolean off = call.arguments().has("disable");
    String mark = off ? "unmark" : "mark";
    attempt(
        "failed to " + mark + " network " + name + " as autostarted",
        () -> networks.autostartNetwork(name, off ? Autostart.OFF : Autostart.ON));
    call.confirm("Network " + name + " " + mark + "ed as autostarted");
  }
}
