package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterfaces;
import org.virt.api.host.NodeDevice;
import org.virt.api.host.NodeDevices;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;

/** Commands about devices and interfaces of the host. */
public final class HostDeviceCommands {
  private static final String DEVICE = "device";
  private static final String INTERFACE = "interface";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("nodedev-list", Group.NODEDEV, "list devices of the host")
            .flag("tree", "by what they are plugged into")
            .option("cap", "of these kinds, such as pci,net", Values.NOTHING)
            .does(this::listDevices),
        ofDevice("nodedev-dumpxml", "print the XML of a device").does(this::deviceXml),
        ofDevice("nodedev-info", "show what there is to know about a device")
            .does(this::deviceInfo),
        Command.named("iface-list", Group.INTERFACE, "list interfaces of the host")
            .flag("inactive", "inactive ones only")
            .flag("all", "inactive ones too")
            .does(this::listInterfaces),
        ofInterface("iface-dumpxml", "print the XML of an interface").does(this::interfaceXml),
        ofInterface("iface-name", "print the name of an interface of a MAC address")
            .does(call -> call.out().println(one(call).name())),
        ofInterface("iface-mac", "print the MAC address of an interface")
            .does(call -> call.out().println(one(call).mac())));
  }

  private static Command.Builder ofDevice(String name, String summary) {
    return Command.named(name, Group.NODEDEV, summary)
        .argument(DEVICE, "name of the device", Values.NOTHING);
  }

  private static Command.Builder ofInterface(String name, String summary) {
    return Command.named(name, Group.INTERFACE, summary)
        .argument(INTERFACE, "interface name or MAC address", Values.NOTHING);
  }

  private void listDevices(Invocation call) throws CommandException {
    NodeDevices devices = Verbs.host(call, NodeDevices.class);
    List<NodeDevice> all = attempt("Failed to list node devices", devices::nodeDevices);
    if (call.arguments().has("tree")) {
      tree(call, all, Optional.empty(), "");
      return;
    }
    Optional<Set<String>> kinds =
        call.arguments().value("cap").map(text -> Set.of(text.split(",")));
    for (NodeDevice one : all) {
      if (kinds.isEmpty() || one.capabilities().stream().anyMatch(kinds.get()::contains)) {
        call.out().println(one.name());
      }
    }
  }

  private static void tree(
      Invocation call, List<NodeDevice> all, Optional<String> parent, String indent) {
    for (NodeDevice one : all) {
      if (one.parent().equals(parent)) {
        call.out().println(indent + one.name());
        tree(call, all, Optional.of(one.name()), indent + "  ");
      }
    }
  }

  private static String device(Invocation call) {
    return call.arguments().required(DEVICE);
  }

  private void deviceXml(Invocation call) throws CommandException {
    NodeDevices devices = Verbs.host(call, NodeDevices.class);
    String name = device(call);
    call.out()
        .print(
            attempt(
                "Could not find matching device '" + name + "'",
                () -> devices.nodeDeviceXml(name)));
  }

  private void deviceInfo(Invocation call) throws CommandException {
    NodeDevices devices = Verbs.host(call, NodeDevices.class);
    String name = device(call);
    NodeDevice one =
        attempt("Could not find matching device '" + name + "'", () -> devices.nodeDevice(name));
    ManagedObjects.line(call, "Name:", one.name());
    ManagedObjects.line(call, "Parent:", one.parent().orElse(""));
    ManagedObjects.line(call, "Active:", "yes");
  }

  private void listInterfaces(Invocation call) throws CommandException {
    boolean all = call.arguments().has("all");
    boolean inactive = call.arguments().has("inactive");
    Table table = new Table("Name", "State", "MAC Address");
    for (HostInterface one : interfaces(call)) {
      if (all || one.isActive() != inactive) {
        table.row(one.name(), one.isActive() ? "active" : "inactive", one.mac());
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void interfaceXml(Invocation call) throws CommandException {
    HostInterfaces interfaces = Verbs.host(call, HostInterfaces.class);
    String name = one(call).name();
    call.out().print(attempt("failed to get interface XML", () -> interfaces.interfaceXml(name)));
  }

  private static List<HostInterface> interfaces(Invocation call) throws CommandException {
    HostInterfaces interfaces = Verbs.host(call, HostInterfaces.class);
    return attempt("Failed to list interfaces", interfaces::interfaces);
  }

  /** Returns the interface that is meant, by its name or else its MAC address. */
  private static HostInterface one(Invocation call) throws CommandException {
    String wanted = call.arguments().required(INTERFACE);
    String mac = wanted.toLowerCase(Locale.ROOT);
    List<HostInterface> all = interfaces(call);
    return find(all, one -> one.name().equals(wanted))
        .or(() -> find(all, one -> one.mac().toLowerCase(Locale.ROOT).equals(mac)))
        .orElseThrow(
            () ->
                new CommandException(
                    "failed to get interface '" + wanted + "'",
                    new VirtException(
                        ErrorCode.NO_INTERFACE,
                        "Interface not found: couldn't find interface named '" + wanted + "'")));
  }

  private static Optional<HostInterface> find(
      List<HostInterface> all, Predicate<HostInterface> which) {
    return all.stream().filter(which).findFirst();
  }
}
