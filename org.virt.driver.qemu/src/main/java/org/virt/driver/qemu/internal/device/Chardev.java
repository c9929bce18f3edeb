package org.virt.driver.qemu.internal.device;

import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** The ends on the host of serial ports, channels and whatever else is a stream of bytes. */
final class Chardev {
  private static final Set<String> TYPES =
      Set.of(
          "pty",
          "null",
          "stdio",
          "vc",
          "file",
          "pipe",
          "dev",
          "unix",
          "tcp",
          "udp",
          "spicevmc",
          "spiceport",
          "qemu-vdagent",
          "dbus");

  private final Node device;
  private final String id;

  private Chardev(Node device, String id) {
    this.device = device;
    this.id = id;
  }

  /** Writes the backend of a device. */
  static void write(Node device, String id, CommandLine out) throws VirtException {
    Chardev chardev = new Chardev(device, id);
    String log = device.get("log/@file");
    Boolean append = device.flag("log/@append");
    String end = log == null ? "" : ",logfile=" + CommandLine.escape(log);
    end += append == null ? "" : ",logappend=" + (append ? "on" : "off");
    out.add("-chardev", chardev.backend(out) + end);
  }

  private String backend(CommandLine out) throws VirtException {
    String type = device.get("@type", "");
    String name = ",id=" + id;
    return switch (type) {
      case "pty", "null", "stdio", "vc" -> type + name;
      case "file" -> "file" + name + ",path=" + path() + append();
      case "pipe" -> "pipe" + name + ",path=" + path();
      case "dev" ->
          (device.name().equals("parallel") ? "parallel" : "serial") + name + ",path=" + path();
      case "unix" ->
          "socket" + name + ",path=" + path() + mode() + reconnect(device.child("source"));
      case "tcp" -> tcp(name, out);
      case "udp" -> udp(name);
      case "spicevmc" -> "spicevmc" + name + ",name=" + spice();
      case "spiceport" ->
          "spiceport" + name + ",name=" + CommandLine.escape(device.require("source/@channel"));
      case "qemu-vdagent" -> "qemu-vdagent" + name + vdagent();
      case "dbus" ->
          "dbus" + name + ",name=" + CommandLine.escape(device.require("source/@channel"));
      default -> throw Refusal.value(device.path("@type"), device.get("@type"));
    };
  }

  private String path() throws VirtException {
    return CommandLine.escape(device.require("source/@path"));
  }

  private String append() throws VirtException {
    Boolean append = device.flag("source/@append");
    return append == null ? "" : ",append=" + (append ? "on" : "off");
  }

  private String mode() throws VirtException {
    device.oneOf("source/@mode", "bind", "connect");
    return device.is("source/@mode", "bind") ? ",server=on,wait=off" : "";
  }

  /** Returns how soon a lost connection is made again, empty when it is not. */
  static String reconnect(Node source) throws VirtException {
    Node reconnect = source == null ? null : source.child("reconnect");
    return reconnect == null || !reconnect.on("@enabled")
        ? ""
        : ",reconnect=" + reconnect.number("@timeout", 0);
  }

  private String tcp(String name, CommandLine out) throws VirtException {
    String host = CommandLine.escape(device.require("source/@host"));
    String port = CommandLine.escape(device.require("source/@service"));
    String protocol = device.get("protocol/@type", "raw");
    String telnet =
        switch (protocol) {
          case "raw" -> "";
          case "telnet" -> ",telnet=on";
          default -> throw Refusal.value(device.path("protocol/@type"), protocol);
        };
    String tls = "";
    if (device.on("source/@tls")) {
      String creds = "obj" + Machine.alias(device) + "_tls0";
      boolean server = device.is("source/@mode", "bind");
      Tls.write(creds, server ? "server" : "client", true, out);
      tls = ",tls-creds=" + creds;
    }
    String again = reconnect(device.child("source"));
    return "socket" + name + ",host=" + host + ",port=" + port + telnet + mode() + again + tls;
  }

  private String udp(String name) {
    String to = "";
    String from = "";
    for (Node source : device.children("source")) {
      String host = source.get("@host", "");
      String service = source.get("@service", "");
      if (source.is("@mode", "bind")) {
        from += ",localaddr=" + CommandLine.escape(host);
        from += ",localport=" + (service.isEmpty() ? "0" : CommandLine.escape(service));
      } else {
        to += ",host=" + CommandLine.escape(host) + ",port=" + CommandLine.escape(service);
      }
    }
    return "udp" + name + to + from;
  }

  private String spice() {
    return switch (device.name()) {
      case "smartcard" -> "smartcard";
      case "redirdev" -> "usbredir";
      default -> "vdagent";
    };
  }

  private String vdagent() throws VirtException {
    Boolean clipboard = device.flag("source/clipboard/@copypaste");
    String mouse = device.get("source/mouse/@mode");
    return ",name=vdagent"
        + (clipboard == null ? "" : ",clipboard=" + (clipboard ? "on" : "off"))
        + (mouse == null ? "" : ",mouse=" + (mouse.equals("client") ? "on" : "off"));
  }

  /** Refuses SPICE's own channel where it cannot be. */
  static void noAgent(Node device) throws VirtException {
    if (device.is("@type", "spicevmc")) {
      throw Refusal.value(device.path("@type"), "spicevmc");
    }
  }

  /** Refuses what goes to the screen of SPICE where there is none. */
  static void needsScreen(Guest guest, Node device) throws VirtException {
    boolean spice = guest.devices("graphics").stream().anyMatch(g -> g.is("@type", "spice"));
    if (device.is("@type", "spicevmc", "spiceport") && !spice) {
      throw Refusal.of(device.path("@type"), "needs graphics of type 'spice'");
    }
  }

  /** Fills in what is spoken over a connection. */
  static void complete(Node device) {
    if (device.is("@type", "tcp") && !device.has("protocol")) {
      device.add(Node.of("protocol", "type", "raw"));
    } else if (device.is("@type", "tcp")) {
      device.child("protocol").fill("type", "raw");
    }
  }

  /** Refuses what no backend can be. */
  static void check(Node device) throws VirtException {
    if (!TYPES.contains(device.get("@type", ""))) {
      throw Refusal.value(device.path("@type"), device.get("@type"));
    }
    int ends = device.is("@type", "udp") ? 2 : 1;
    boolean many = device.children("source").size() > ends;
    if (many || device.children("protocol").size() > 1) {
      throw Refusal.xml(device.path(many ? "source" : "protocol"), "is there too often");
    }
    for (Node source : device.children("source")) {
      if (device.is("@type", "unix", "tcp", "udp")) {
        source.oneOf("@mode", "bind", "connect");
      }
      Node reconnect = source.child("reconnect");
      if (reconnect != null && source.is("@mode", "bind")) {
        throw Refusal.of(reconnect.path(), "who waits for others does not reconnect");
      }
      if (reconnect != null && reconnect.on("@enabled") && reconnect.number("@timeout", 0) == 0) {
        throw Refusal.of(reconnect.path("@timeout"), "is 0 or missing");
      }
    }
    switch (device.get("@type", "")) {
      case "file", "dev", "pipe" -> device.require("source/@path");
      case "spiceport", "dbus" -> device.require("source/@channel");
      case "unix" -> {
        device.oneOf("source/@mode", "bind", "connect");
        // A channel that others connect to gets a path at each start.
        if (!device.name().equals("channel") || device.is("source/@mode", "connect")) {
          device.require("source/@path");
        }
      }
      case "udp" -> {
        Node to =
            device.children("source").stream()
                .filter(s -> s.is("@mode", "connect"))
                .findFirst()
                .orElse(null);
        if (to == null || !to.has("@service")) {
          throw Refusal.of(device.path("source/@service"), "missing");
        }
      }
      case "tcp" -> {
        device.require("source/@host");
        device.require("source/@service");
        device.oneOf("source/@mode", "bind", "connect");
        device.oneOf("protocol/@type", "raw", "telnet", "telnets", "tls");
      }
      default -> {
        // The others have nothing to check before they are written.
      }
    }
  }
}
