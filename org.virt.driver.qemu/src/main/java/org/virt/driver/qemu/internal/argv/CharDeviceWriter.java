package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Aliases;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.CharDevice;
import org.virt.model.domain.Devices;

/** Writes serial ports, consoles and channels. */
final class CharDeviceWriter {
  private final String path;
  private final CharDevice device;

  private CharDeviceWriter(String path, CharDevice device) {
    this.path = path;
    this.device = device;
  }

  static void write(Machine machine, CommandLine out) throws VirtException {
    Devices devices = machine.config().devices;
    for (CharDevice serial : devices.serials) {
      new CharDeviceWriter(Nodes.path("serial", devices.serials, serial), serial).serial(out);
    }
    for (CharDevice channel : devices.channels) {
      new CharDeviceWriter(Nodes.path("channel", devices.channels, channel), channel).port(out);
    }
    for (CharDevice console : devices.consoles) {
      boolean twin = console == devices.consoles.get(0) && Aliases.isTwin(console);
      if (!twin) {
        new CharDeviceWriter(Nodes.path("console", devices.consoles, console), console)
            .console(out);
      }
    }
  }

  private String id() {
    return "char" + device.alias.name;
  }

  private void serial(CommandLine out) throws VirtException {
    if (!"isa-serial".equals(device.target.type)) {
      throw Refusal.value(path + "/target/@type", device.target.type);
    }
    if (device.target.model != null && !"isa-serial".equals(device.target.model.name)) {
      throw Refusal.value(path + "/target/model/@name", device.target.model.name);
    }
    out.add("-chardev", backend());
    out.json(
        "-device",
        "driver",
        "isa-serial",
        "chardev",
        id(),
        "id",
        device.alias.name,
        "index",
        Nodes.number(path + "/target/@port", device.target.port));
  }

  private void port(CommandLine out) throws VirtException {
    if (device.target == null || !"virtio".equals(device.target.type)) {
      throw Refusal.value(
          path + "/target/@type", device.target == null ? null : device.target.type);
    }
    out.add("-chardev", backend());
    out.json(
        "-device",
        Machine.members(
            Machine.of("driver", "virtserialport"),
            bus(),
            Machine.of("chardev", id(), "id", device.alias.name, "name", device.target.name)));
  }

  private void console(CommandLine out) throws VirtException {
    if (!"virtio".equals(device.target.type)) {
      throw Refusal.value(path + "/target/@type", device.target.type);
    }
    out.add("-chardev", backend());
    out.json(
        "-device",
        Machine.members(
            Machine.of("driver", "virtconsole"),
            bus(),
            Machine.of("chardev", id(), "id", device.alias.name)));
  }

  private Object[] bus() throws VirtException {
    if (device.address == null || device.address.port == null) {
      return new Object[0];
    }
    return Machine.of(
        "bus",
        "virtio-serial" + device.address.controller + ".0",
        "nr",
        Nodes.number(path + "/address/@port", device.address.port));
  }

  private String backend() throws VirtException {
    CharDevice.Source source =
        device.sources.isEmpty() ? new CharDevice.Source() : device.sources.get(0);
    if (device.sources.size() > 1) {
      throw Refusal.of(path + "/source[2]", "not supported for type '" + device.type + "'");
    }
    String id = ",id=" + id();
    return switch (String.valueOf(device.type)) {
      case "pty" -> "pty" + id;
      case "null" -> "null" + id;
      case "file" -> "file" + id + ",path=" + file(source.path) + append(source);
      case "unix" -> "socket" + id + ",path=" + file(source.path) + mode(source);
      case "tcp" ->
          "socket"
              + id
              + ",host="
              + CommandLine.escape(required("host", source.host))
              + ",port="
              + CommandLine.escape(required("service", source.service))
              + telnet()
              + mode(source);
      default -> throw Refusal.value(path + "/@type", device.type);
    };
  }

  private String file(String value) throws VirtException {
    return CommandLine.escape(required("path", value));
  }

  private String required(String name, String value) throws VirtException {
    if (value == null) {
      throw Refusal.value(path + "/source/@" + name, null);
    }
    return value;
  }

  private static String append(CharDevice.Source source) {
    return source.append == null ? "" : ",append=" + ("on".equals(source.append) ? "on" : "off");
  }

  private String telnet() throws VirtException {
    String type = device.protocol == null ? "raw" : String.valueOf(device.protocol.type);
    return switch (type) {
      case "raw" -> "";
      case "telnet" -> ",telnet=on";
      default -> throw Refusal.value(path + "/protocol/@type", type);
    };
  }

  private String mode(CharDevice.Source source) throws VirtException {
    return switch (source.mode == null ? "connect" : source.mode) {
      case "connect" -> "";
      case "bind" -> ",server=on,wait=off";
      default -> throw Refusal.value(path + "/source/@mode", source.mode);
    };
  }
}
