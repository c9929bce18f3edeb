package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;
import static org.virt.shell.internal.commands.ManagedObjects.line;
import static org.virt.shell.internal.commands.ManagedObjects.yes;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Affects.Activity;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.NetworkUpdate.Section;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands about virtual networks. */
public final class NetworkCommands {
  private static final String XML = "xml";
  private static final String PARENT = "parent-index";

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
        NETWORKS
            .command("dumpxml", "print the XML of a network")
            .flag("inactive", "as it is from its next start on")
            .does(this::dumpxml));
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
        NETWORKS.edit(Networks::networkDefinitionXml, Networks::defineNetwork),
        NETWORKS
            .command("update", "change one element of a network")
            .argument("command", "add-first, add-last (add), delete or modify", Values.NOTHING)
            .argument("section", "which kind of element, such as ip-dhcp-host", Values.NOTHING)
            .argument(XML, "the element, or a file with it", Values.FILE)
            .option(PARENT, "which of several parents it is in, from 0", Values.NOTHING)
            .flag("live", "of the active network")
            .flag("config", "of its definition")
            .flag("current", "of the active network, or of the definition of another")
            .does(NetworkCommands::update),
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
    boolean inactive = call.arguments().has("inactive");
    call.out()
        .print(
            attempt(
                "failed to get network XML",
                () -> inactive ? networks.networkDefinitionXml(name) : networks.networkXml(name)));
  }

  private static void update(Invocation call) throws CommandException, UsageException {
    String given = call.arguments().required("command");
    NetworkUpdate.Command command =
        named(NetworkUpdate.Command.values(), given.equals("add") ? "add-last" : given);
    Section section = named(Section.values(), call.arguments().required("section"));
    OptionalInt parent =
        call.arguments().value(PARENT).isPresent()
            ? OptionalInt.of(Verbs.count(call, PARENT))
            : OptionalInt.empty();
    String xml = call.arguments().required(XML);
    NetworkUpdate update =
        new NetworkUpdate(command, section, parent, xml.startsWith("<") ? xml : call.file(XML));
    Affects affects = Verbs.affects(call);
    VirtualNetwork network = NETWORKS.of(call);
    Networks networks = NETWORKS.facet(call);
    attempt(
        "Failed to update network " + network.name(),
        () -> networks.updateNetwork(network.name(), update, affects));
    call.confirm("Updated network " + network.name() + " " + changed(network, affects));
  }

  private static String changed(VirtualNetwork network, Affects affects) {
    Activity activity = network.isActive() ? Activity.ACTIVE : Activity.INACTIVE;
    return Stream.of(
            affects.config(activity) ? "persistent config" : "",
            affects.live(activity) ? "live state" : "")
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" and "));
  }

  /** Finds what virsh writes in small letters with hyphens. */
  private static <E extends Enum<E>> E named(E[] all, String word) throws UsageException {
    return Arrays.stream(all)
        .filter(one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(word))
        .findFirst()
        .orElseThrow(() -> new UsageException("unrecognized word '" + word + "'"));
  }
}
