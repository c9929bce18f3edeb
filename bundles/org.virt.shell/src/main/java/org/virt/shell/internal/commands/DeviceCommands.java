package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Optional;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands that change devices by their XML, and what of them is a word: medium and link. */
public final class DeviceCommands {
  private static final long KIB = 1024;
  private static final String FILE = "file";
  private static final String PERSISTENT = "persistent";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        device("attach-device", "plug a device in")
            .argument(FILE, "file with the device's XML", Values.FILE)
            .does(this::attach),
        device("detach-device", "unplug a device")
            .argument(FILE, "file with the device's XML", Values.FILE)
            .does(this::detach),
        device("detach-device-alias", "unplug a device")
            .argument("alias", "its alias", Values.NOTHING)
            .does(this::detachAlias),
        device("update-device", "change a device")
            .argument(FILE, "file with the device's XML", Values.FILE)
            .flag("force", "change a medium that the guest has locked")
            .does(this::update),
        device("update-memory-device", "change how much of a memory device a domain has")
            .option("alias", "alias of the device", Values.NOTHING)
            .option("node", "NUMA node of the device", Values.NOTHING)
            .option("requested-size", "KiB, or with a unit such as 512M", Values.NOTHING)
            .flag("print-xml", "print the XML only")
            .does(this::memory),
        device("change-media", "change the medium of a drive")
            .argument("path", "target or source of the drive", Values.NOTHING)
            .optional("source", "the new medium", Values.FILE)
            .flag("eject", "take the medium out")
            .flag("insert", "put a medium in")
            .flag("update", "put another medium in")
            .flag("force", "also when the guest has locked it")
            .flag("block", "the source is a block device")
            .flag("print-xml", "print the XML only")
            .does(this::media),
        device("domif-setlink", "set the link of an interface")
            .argument("interface", "target or MAC address", Values.NOTHING)
            .argument("state", "up or down", Values.NOTHING)
            .does(this::setLink),
        Verbs.domain("domif-getlink", Group.MONITOR, "show the link of an interface")
            .argument("interface", "target or MAC address", Values.NOTHING)
            .flag("config", "of the definition")
            .does(this::getLink));
  }

  /** Begins a command that changes devices. */
  static Command.Builder device(String name, String summary) {
    return Verbs.affecting(Verbs.domain(name, summary))
        .flag(PERSISTENT, "the definition, and the running domain if it is active");
  }

  /** Returns what a change is made to. */
  static Affects affects(Invocation call) throws Exception {
    Affects affects = Verbs.affects(call);
    if (!call.arguments().has(PERSISTENT)) {
      return affects;
    }
    if (call.arguments().has("current")) {
      throw new UsageException("Options --persistent and --current are mutually exclusive");
    }
    boolean live = affects.live(Affects.Activity.INACTIVE) || call.domain().summary().isActive();
    return live ? Affects.LIVE_AND_CONFIG : Affects.CONFIG;
  }

  private void attach(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    plug(call, call.file(FILE), "Failed to attach device from " + file);
    call.confirm("Device attached successfully");
  }

  /** Attaches a device. */
  static void plug(Invocation call, String xml, String failure) throws Exception {
    Affects affects = affects(call);
    DeviceVerbs verbs = Verbs.of(call, DeviceVerbs.class);
    attempt(failure, () -> verbs.attachDevice(xml, affects));
  }

  private void detach(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    unplug(call, call.file(FILE), "Failed to detach device from " + file);
    call.confirm("Device detached successfully");
  }

  /** Detaches a device. */
  static void unplug(Invocation call, String xml, String failure) throws Exception {
    Affects affects = affects(call);
    DeviceVerbs verbs = Verbs.of(call, DeviceVerbs.class);
    attempt(failure, () -> verbs.detachDevice(xml, affects));
  }

  private void detachAlias(Invocation call) throws Exception {
    String alias = call.arguments().required("alias");
    Affects affects = affects(call);
    DeviceVerbs verbs = Verbs.of(call, DeviceVerbs.class);
    attempt(
        "Failed to detach device with alias " + alias,
        () -> verbs.detachDeviceAlias(alias, affects));
    call.confirm("Device detach request sent successfully");
  }

  private void update(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    String xml = call.file(FILE);
    change(call, xml, "Failed to update device from " + file);
    call.confirm("Device updated successfully");
  }

  private void memory(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    List<XmlElement> found =
        DeviceEdit.all(tree(call)).stream()
            .filter(device -> device.name().equals("memory"))
            .filter(
                memory ->
                    arguments.value("alias").stream().allMatch(DeviceEdit.alias(memory)::equals))
            .filter(memory -> arguments.value("node").stream().allMatch(node(memory)::equals))
            .toList();
    if (found.size() != 1) {
      throw new CommandException(
          found.isEmpty()
              ? "no memory device found"
              : "multiple memory devices found, use --alias or --node to select one");
    }
    XmlElement memory = found.get(0);
    if (arguments.has("requested-size")) {
      long bytes = Verbs.bytes("requested-size", arguments.required("requested-size"), KIB);
      XmlElement requested = memory.make("target").make("requested");
      requested.set("unit", "KiB");
      requested.setText(Long.toString((bytes + KIB - 1) / KIB));
    }
    if (arguments.has("print-xml")) {
      call.out().print(print(memory));
      return;
    }
    change(call, print(memory), "Failed to update memory device");
    call.confirm("Device updated successfully");
  }

  private static String node(XmlElement memory) {
    return memory
        .child("target")
        .flatMap(target -> target.child("node"))
        .map(XmlElement::text)
        .orElse("");
  }

  private static void change(Invocation call, String xml, String failure) throws Exception {
    Affects affects = affects(call);
    Force force =
        call.command().parameter("force").isPresent() && call.arguments().has("force")
            ? Force.YES
            : Force.NO;
    DeviceVerbs verbs = Verbs.of(call, DeviceVerbs.class);
    attempt(failure, () -> verbs.updateDevice(xml, affects, force));
  }

  /** Returns the domain XML that a change starts from. */
  static DomainTree tree(Invocation call) throws Exception {
    Domain domain = call.domain();
    Affects affects = Verbs.affects(call);
    boolean definition = affects == Affects.CONFIG;
    return DomainTree.of(domain.xml(definition ? XmlView.INACTIVE : XmlView.LIVE));
  }

  /** Prints an element. */
  static String print(XmlElement element) {
    XmlWriter out = new XmlWriter();
    element.write(out);
    return out.toString();
  }

  private void setLink(Invocation call) throws Exception {
    String state = call.arguments().required("state");
    if (!state.matches("up|down")) {
      throw new CommandException("invalid link state '" + state + "'");
    }
    XmlElement nic = nic(call, tree(call));
    nic.make("link").set("state", state);
    change(call, print(nic), "Failed to update interface link state");
    call.confirm("Device updated successfully");
  }

  private void getLink(Invocation call) throws Exception {
    Domain domain = call.domain();
    boolean config = call.arguments().has("config");
    DomainTree tree = DomainTree.of(domain.xml(config ? XmlView.INACTIVE : XmlView.LIVE));
    String name = call.arguments().required("interface");
    String state = nic(call, tree).child("link").map(link -> link.attribute("state")).orElse("up");
    call.out().println(name + " " + state);
  }

  private static XmlElement nic(Invocation call, DomainTree tree) throws CommandException {
    String name = call.arguments().required("interface");
    return DeviceEdit.networkInterface(tree, name)
        .orElseThrow(
            () ->
                new CommandException(
                    "Interface ("
                        + (name.contains(":") ? "mac" : "dev")
                        + ": "
                        + name
                        + ") not found."));
  }

  private void media(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    String path = arguments.required("path");
    Optional<String> source = arguments.value("source");
    XmlElement disk =
        DeviceEdit.disk(tree(call), path)
            .orElseThrow(
                () -> new CommandException("No disk found whose source path or target is " + path));
    String device = disk.attribute("device");
    if (!"cdrom".equals(device) && !"floppy".equals(device)) {
      throw new CommandException("The disk device '" + path + "' is not removable");
    }
    String done = medium(arguments, path, source, disk);
    if (arguments.has("print-xml")) {
      call.out().print(print(disk));
      return;
    }
    change(call, print(disk), "Failed to complete action " + done + " on media");
    String word = done.equals("eject") ? "ejected" : done.equals("insert") ? "inserted" : "updated";
    call.confirm("Successfully " + word + " media.");
  }

  private static String medium(
      Arguments arguments, String path, Optional<String> source, XmlElement disk)
      throws CommandException {
    boolean full = DeviceEdit.path(disk).isPresent();
    boolean eject = arguments.has("eject");
    if (eject && !full) {
      throw new CommandException("The disk device '" + path + "' doesn't have media");
    }
    if (arguments.has("insert") && full) {
      throw new CommandException("The disk device '" + path + "' already has media");
    }
    if (!eject && source.isEmpty()) {
      throw new CommandException("No disk source specified for inserting");
    }
    disk.child("source").ifPresent(disk::remove);
    disk.child("backingStore").ifPresent(disk::remove);
    if (!eject) {
      boolean block = arguments.has("block");
      disk.set("type", block ? "block" : "file");
      disk.make("source").set(block ? "dev" : "file", source.get());
    }
    return eject ? "eject" : arguments.has("insert") ? "insert" : "update";
  }
}
