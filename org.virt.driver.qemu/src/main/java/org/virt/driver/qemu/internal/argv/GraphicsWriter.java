package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Graphics;

/** Writes the VNC server. */
final class GraphicsWriter {
  private static final int FIRST_PORT = 5900;
  private static final int LAST_PORT = 65535;

  /** libvirt, too, looks for a free port below 65535. */
  private static final int AUTOMATIC_DISPLAYS = LAST_PORT - FIRST_PORT;

  private GraphicsWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    for (Graphics graphics : machine.config().devices.graphics) {
      String path = Nodes.path("graphics", machine.config().devices.graphics, graphics);
      if (!"vnc".equals(graphics.type)) {
        throw Refusal.value(path + "/@type", graphics.type);
      }
      if (machine.config().devices.graphics.size() > 1) {
        throw Refusal.of(path, "one VNC server only");
      }
      String password = graphics.passwd == null ? "" : ",password=on";
      out.add("-vnc", where(machine, graphics, path) + password);
      if (graphics.keymap != null) {
        out.add("-k", graphics.keymap);
      }
    }
  }

  private static String where(Machine machine, Graphics graphics, String path)
      throws VirtException {
    Graphics.Listen listen =
        graphics.listens.isEmpty() ? new Graphics.Listen() : graphics.listens.get(0);
    if (graphics.listens.size() > 1) {
      throw Refusal.of(path + "/listen[2]", "not supported");
    }
    String type =
        listen.type == null ? graphics.socket == null ? "address" : "socket" : listen.type;
    switch (type) {
      case "address" -> {
        String address = listen.address == null ? graphics.listen : listen.address;
        String host = address == null ? "127.0.0.1" : address;
        return CommandLine.escape(host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + display(graphics, path);
      }
      case "socket" -> {
        String socket = listen.socket == null ? graphics.socket : listen.socket;
        String file = socket == null ? machine.facts().socketFolder() + "/vnc.sock" : socket;
        return "vnc=unix:" + CommandLine.escape(file);
      }
      default -> throw Refusal.value(path + "/listen/@type", type);
    }
  }

  private static String display(Graphics graphics, String path) throws VirtException {
    boolean automatic =
        "yes".equals(graphics.autoport) || graphics.port == null || graphics.port.equals("-1");
    if (automatic) {
      return "0,to=" + AUTOMATIC_DISPLAYS;
    }
    int port = Nodes.number(path + "/@port", graphics.port);
    if (port < FIRST_PORT || port > LAST_PORT) {
      throw Refusal.value(path + "/@port", graphics.port);
    }
    return Integer.toString(port - FIRST_PORT);
  }
}
