package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.guest.ScreenTls;

/** Screens: VNC, SPICE, D-Bus, windows on the host. */
public final class GraphicsPart implements Part {
  /** What says where a screen is served, and the types that it is for. */
  private static final Map<String, Set<String>> LISTEN =
      Map.of(
          "address", Set.of("address", "network"),
          "network", Set.of("network"),
          "socket", Set.of("socket"));

  /** Where a screen is served that is not told an address. */
  public static final String USUAL_ADDRESS = "127.0.0.1";

  private static final List<Offer> TYPES =
      Offer.list(
          "type",
          "sdl",
          "",
          "vnc",
          "",
          "spice",
          "chardev-spicevmc",
          "egl-headless",
          "",
          "dbus",
          "");

  private static final int FIRST_PORT = 5900;

  /** libvirt, too, looks for a free port below 65535. */
  private static final int DISPLAYS = 65535 - FIRST_PORT;

  @Override
  public void complete(Guest guest, Node graphics) throws VirtException {
    if (!graphics.is("@type", "vnc", "spice", "rdp")) {
      return;
    }
    ports(graphics);
    listens(graphics);
  }

  private static void ports(Node graphics) throws VirtException {
    boolean vnc = graphics.is("@type", "vnc");
    Long port = graphics.number("@port");
    boolean automatic = graphics.on("@autoport") || vnc && port == null || vnc && port == -1;
    if (graphics.is("@autoport", "no") && port != null && port != -1) {
      automatic = false;
    }
    if (vnc) {
      graphics.set("port", automatic ? "-1" : port.toString());
    } else if (automatic) {
      graphics.set("port", null).set("tlsPort", null);
    } else if (port != null && port == 0) {
      graphics.set("port", null);
    }
    graphics.set("autoport", automatic ? "yes" : "no");
  }

  private static void listens(Node graphics) throws VirtException {
    String socket = graphics.get("@socket");
    String listen = graphics.get("@listen");
    if (!graphics.has("listen")) {
      graphics.add(
          0,
          socket != null
              ? Node.of("listen", "type", "socket", "socket", socket)
              : Node.of("listen", "type", "address", "address", blankToNull(listen)));
    }
    Node first = graphics.child("listen");
    String address = first.get("@address");
    if (listen != null && address != null && !listen.equals(address)) {
      throw Refusal.xml(
          graphics.path("@listen"), "'" + listen + "' is not the address of its first listen");
    }
    String type = first.get("@type", "address");
    boolean closed =
        type.equals("address")
            && graphics.is("@type", "spice")
            && !graphics.on("@autoport")
            && !graphics.has("@port")
            && !graphics.has("@tlsPort");
    if (closed) {
      type = "none";
      first.set("type", "none").set("address", null);
    }
    if (type.equals("network")) {
      first.set("address", null);
    }
    boolean plain = type.equals("address") || type.equals("network");
    graphics.set("listen", type.equals("address") ? first.get("@address") : null);
    if (!plain) {
      graphics.set("port", null).set("autoport", null).set("tlsPort", null);
    }
    boolean named = type.equals("socket") && graphics.is("@type", "vnc");
    graphics.set("socket", named ? first.get("@socket") : null);
  }

  private static String blankToNull(String text) {
    return text == null || text.isBlank() ? null : text;
  }

  @Override
  public List<Offer> offers(Board board) {
    return TYPES;
  }

  @Override
  public void check(Guest guest, Node graphics) throws VirtException {
    graphics.require("@type");
    graphics.oneOf("@type", "vnc", "spice", "sdl", "egl-headless", "dbus");
    String type = graphics.get("@type");
    long same = guest.devices("graphics").stream().filter(g -> g.is("@type", type)).count();
    if (same > 1) {
      throw Refusal.of(graphics.path("@type"), "'" + type + "' is there more than once");
    }
    if (type.equals("vnc") && graphics.get("@passwd", "").length() > 8) {
      throw Refusal.xml(graphics.path("@passwd"), "has more than 8 characters");
    }
    String audio = graphics.get("audio/@id");
    if (audio != null && type.equals("vnc") && Audio.find(guest, audio) == null) {
      throw Refusal.xml(
          graphics.path("audio/@id"), "there is no audio with the id '" + audio + "'");
    }
    boolean gl = graphics.has("gl") && !type.equals("egl-headless");
    if (gl && !graphics.has("gl/@enable")) {
      throw Refusal.xml(graphics.path("gl/@enable"), "missing");
    }
    long drawn =
        guest.devices("graphics").stream()
            .filter(g -> g.is("@type", "egl-headless") || g.on("gl/@enable"))
            .count();
    if (drawn > 1) {
      throw Refusal.of(graphics.path("gl"), "there is one screen with OpenGL only");
    }
    if (graphics.on("@p2p") && graphics.has("@address")) {
      throw Refusal.xml(graphics.path("@address"), "stands beside p2p");
    }
    for (Node listen : graphics.children("listen")) {
      if (listen.is("@type", "network")) {
        listen.require("@network");
      }
      for (Map.Entry<String, Set<String>> where : LISTEN.entrySet()) {
        String path = "@" + where.getKey();
        if (listen.has(path) && !where.getValue().contains(listen.get("@type"))) {
          throw Refusal.xml(listen.path(path), "is for type '" + where.getKey() + "'");
        }
      }
    }
    graphics.oneOf("listen/@type", "address", "network", "socket", "none");
    if (type.equals("vnc") && graphics.is("listen/@type", "none")) {
      throw Refusal.of(graphics.path("listen/@type"), "'none' is not for 'vnc'");
    }
    graphics.oneOf("@sharePolicy", "allow-exclusive", "force-shared", "ignore");
  }

  @Override
  public void write(Machine machine, Node graphics, CommandLine out) throws VirtException {
    if (graphics.children("listen").size() > 1) {
      throw Refusal.of(graphics.path("listen"), "there is one only");
    }
    switch (graphics.get("@type")) {
      case "vnc" -> out.add("-vnc", vnc(machine, graphics, out));
      case "spice" -> Spice.write(machine, graphics, out);
      case "sdl" -> {
        Boolean gl = graphics.flag("gl/@enable");
        out.add("-display", "sdl" + (gl == null ? "" : ",gl=" + (gl ? "on" : "off")));
      }
      case "egl-headless" -> {
        String node = graphics.get("gl/@rendernode");
        String rendering = node == null ? "" : ",rendernode=" + CommandLine.escape(node);
        out.add("-display", "egl-headless" + rendering);
      }
      case "dbus" -> {
        String address = graphics.get("@address");
        boolean peer = graphics.on("@p2p");
        String where = peer ? ",p2p=on" : address == null ? "" : ",addr=" + address;
        out.add("-display", "dbus" + where + (graphics.on("gl/@enable") ? ",gl=on" : ""));
      }
      default -> throw Refusal.value(graphics.path("@type"), graphics.get("@type"));
    }
    if (graphics.has("@keymap")) {
      out.add("-k", graphics.get("@keymap"));
    }
  }

  private static String vnc(Machine machine, Node graphics, CommandLine out) throws VirtException {
    StringBuilder options = new StringBuilder(where(machine, graphics));
    String socket = graphics.get("@websocket");
    if (socket != null) {
      options.append(",websocket=").append(socket.equals("-1") ? "on" : socket);
    }
    String policy = graphics.get("@sharePolicy");
    options.append(policy == null ? "" : ",share=" + policy);
    options.append(graphics.has("@passwd") ? ",password=on" : "");
    ScreenTls tls = machine.facts().screenTls();
    if (tls.vnc().isPresent() && !graphics.is("listen/@type", "socket")) {
      out.add(
          "-object",
          Props.object("tls-creds-x509", "vnc-tls-creds0")
              .put("dir", tls.vnc().get())
              .put("endpoint", "server")
              .put("verify-peer", tls.verify()));
      options.append(",tls-creds=vnc-tls-creds0");
    }
    Boolean power = graphics.flag("@powerControl");
    options.append(power == null ? "" : ",power-control=" + (power ? "on" : "off"));
    return options.append(",audiodev=").append(Audio.of(machine.guest(), graphics)).toString();
  }

  private static String where(Machine machine, Node graphics) throws VirtException {
    if (graphics.is("listen/@type", "socket")) {
      String folder = machine.facts().socketFolder();
      String socket = graphics.get("listen/@socket", folder + "/vnc.sock");
      return "vnc=unix:" + CommandLine.escape(socket);
    }
    String host = address(graphics);
    boolean automatic = graphics.on("@autoport");
    long port = automatic ? FIRST_PORT : graphics.number("@port");
    if (port < FIRST_PORT || port > 65535) {
      throw Refusal.value(graphics.path("@port"), graphics.get("@port"));
    }
    String display = automatic ? "0,to=" + DISPLAYS : Long.toString(port - FIRST_PORT);
    return CommandLine.escape(host.contains(":") ? "[" + host + "]" : host) + ":" + display;
  }

  static String address(Node graphics) {
    return graphics.get("listen/@address", USUAL_ADDRESS);
  }
}
