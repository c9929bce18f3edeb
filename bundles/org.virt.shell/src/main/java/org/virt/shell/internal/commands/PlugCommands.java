package org.virt.shell.internal.commands;

import java.util.List;
import java.util.Optional;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands that plug disks and interfaces, described by options. */
public final class PlugCommands {

  private static final List<String> DISK =
      List.of(
          "targetbus",
          "driver",
          "subdriver",
          "cache",
          "io",
          "type",
          "alias",
          "sourcetype",
          "serial",
          "wwn",
          "iothread");

  private static final List<String> NIC =
      List.of("target", "mac", "script", "model", "alias", "inbound", "outbound");

  /** Returns the commands. */
  public List<Command> commands() {
    Command.Builder disk =
        DeviceCommands.device("attach-disk", "plug a disk in")
            .argument("source", "its image", Values.FILE)
            .argument("target", "such as vdb", Values.NOTHING)
            .option("mode", "readonly or shareable", Values.NOTHING);
    DISK.forEach(option -> disk.option(option, option + " of the disk", Values.NOTHING));
    Command.Builder nic =
        DeviceCommands.device("attach-interface", "plug an interface in")
            .argument("type", "bridge, network, direct, ethernet or user", Values.NOTHING)
            .argument("source", "bridge, network or interface of the host", Values.NOTHING);
    NIC.forEach(option -> nic.option(option, option + " of the interface", Values.NOTHING));
    return List.of(
        disk.flag("print-xml", "print the XML only").does(this::attachDisk),
        DeviceCommands.device("detach-disk", "unplug a disk")
            .argument("target", "target or source", Values.NOTHING)
            .flag("print-xml", "print the XML only")
            .does(this::detachDisk),
        nic.flag("print-xml", "print the XML only")
            .flag("managed", "the host device is managed")
            .does(this::attachNic),
        DeviceCommands.device("detach-interface", "unplug an interface")
            .argument("type", "its type", Values.NOTHING)
            .option("mac", "its MAC address", Values.NOTHING)
            .flag("print-xml", "print the XML only")
            .does(this::detachNic));
  }

  private void attachDisk(Invocation call) throws Exception {
    Arguments given = call.arguments();
    String source = given.required("source");
    XmlElement disk = new XmlElement("", "disk");
    boolean block =
        given.value("sourcetype").map("block"::equals).orElse(source.startsWith("/dev/"));
    disk.set("type", block ? "block" : "file");
    given.value("type").ifPresent(type -> disk.set("device", type));
    for (String[] pair :
        new String[][] {
          {"driver", "name"},
          {"subdriver", "type"},
          {"cache", "cache"},
          {"io", "io"},
          {"iothread", "iothread"}
        }) {
      given.value(pair[0]).ifPresent(value -> disk.make("driver").set(pair[1], value));
    }
    if (!source.isEmpty()) {
      disk.make("source").set(block ? "dev" : "file", source);
    }
    XmlElement target = disk.make("target");
    target.set("dev", given.required("target"));
    given.value("targetbus").ifPresent(bus -> target.set("bus", bus));
    Optional<String> mode = given.value("mode");
    if (mode.isPresent() && !mode.get().matches("readonly|shareable")) {
      throw new CommandException("No support for " + mode.get() + " in command 'attach-disk'");
    }
    mode.ifPresent(disk::make);
    given.value("serial").ifPresent(serial -> disk.make("serial").setText(serial));
    given.value("wwn").ifPresent(wwn -> disk.make("wwn").setText(wwn));
    given.value("alias").ifPresent(alias -> disk.make("alias").set("name", alias));
    attach(call, disk, "Failed to attach disk", "Disk attached successfully");
  }

  private static void attach(Invocation call, XmlElement device, String failure, String done)
      throws Exception {
    String xml = DeviceCommands.print(device);
    if (call.arguments().has("print-xml")) {
      call.out().print(xml);
      return;
    }
    DeviceCommands.plug(call, xml, failure);
    call.confirm(done);
  }

  private static void detach(Invocation call, XmlElement device, String failure, String done)
      throws Exception {
    String xml = DeviceCommands.print(device);
    if (call.arguments().has("print-xml")) {
      call.out().print(xml);
      return;
    }
    DeviceCommands.unplug(call, xml, failure);
    call.confirm(done);
  }

  private void detachDisk(Invocation call) throws Exception {
    String target = call.arguments().required("target");
    XmlElement disk =
        DeviceEdit.disk(DeviceCommands.tree(call), target)
            .orElseThrow(
                () ->
                    new CommandException("No disk found whose source path or target is " + target));
    detach(call, disk, "Failed to detach disk", "Disk detached successfully");
  }

  private void attachNic(Invocation call) throws Exception {
    Arguments given = call.arguments();
    String type = given.required("type");
    XmlElement nic = new XmlElement("", "interface");
    nic.set("type", type);
    switch (type) {
      case "network", "bridge" -> nic.make("source").set(type, given.required("source"));
      case "direct" -> nic.make("source").set("dev", given.required("source"));
      case "ethernet", "user" -> {
        // There is nothing that it could be plugged into.
      }
      default ->
          throw new CommandException("No support for " + type + " in command 'attach-interface'");
    }
    given.value("target").ifPresent(target -> nic.make("target").set("dev", target));
    given.value("mac").ifPresent(mac -> nic.make("mac").set("address", mac));
    given.value("script").ifPresent(script -> nic.make("script").set("path", script));
    given.value("model").ifPresent(model -> nic.make("model").set("type", model));
    given.value("alias").ifPresent(alias -> nic.make("alias").set("name", alias));
    for (String direction : List.of("inbound", "outbound")) {
      Optional<String> speed = given.value(direction);
      if (speed.isPresent()) {
        bandwidth(nic.make("bandwidth").make(direction), direction, speed.get());
      }
    }
    attach(call, nic, "Failed to attach interface", "Interface attached successfully");
  }

  private static void bandwidth(XmlElement element, String direction, String text)
      throws CommandException {
    String[] values = text.split(",", -1);
    List<String> parts = List.of("average", "peak", "burst", "floor");
    for (int i = 0; i < values.length; i++) {
      if (i >= parts.size() || !values[i].matches("[0-9]{1,9}")) {
        throw new CommandException(direction + " format is incorrect");
      }
      if (!values[i].equals("0")) {
        element.set(parts.get(i), values[i]);
      }
    }
  }

  private void detachNic(Invocation call) throws Exception {
    String type = call.arguments().required("type");
    Optional<String> mac = call.arguments().value("mac");
    List<XmlElement> found =
        DeviceEdit.all(DeviceCommands.tree(call)).stream()
            .filter(d -> d.name().equals("interface") && type.equals(d.attribute("type")))
            .filter(d -> mac.isEmpty() || mac.get().equalsIgnoreCase(address(d)))
            .toList();
    if (found.isEmpty()) {
      throw new CommandException(
          mac.isPresent()
              ? "No interface with MAC address " + mac.get() + " was found"
              : "No interface found whose type is " + type);
    }
    if (found.size() > 1) {
      throw new CommandException(
          "Domain has multiple interfaces. Please specify which one to detach using --mac");
    }
    detach(call, found.get(0), "Failed to detach interface", "Interface detached successfully");
  }

  private static String address(XmlElement nic) {
    return nic.child("mac").map(m -> m.attribute("address")).orElse("");
  }
}
