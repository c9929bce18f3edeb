package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.GraphicsPart;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Chooses the ports of SPICE servers, which QEMU does not look for itself. */
final class SpicePorts {
  private static final int FIRST = 5900;
  private static final int LAST = 65535;

  private SpicePorts() {}

  /** Fills in the port of each server that leaves it open. */
  static void choose(Guest guest) throws VirtException {
    for (Node graphics : guest.devices("graphics")) {
      if (graphics.is("@type", "spice") && graphics.on("@autoport")) {
        graphics.set("port", Integer.toString(free(graphics)));
      }
    }
  }

  private static int free(Node graphics) throws VirtException {
    String address = graphics.get("listen/@address", GraphicsPart.USUAL_ADDRESS);
    for (int port = FIRST; port <= LAST; port++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        return port;
      } catch (IOException e) {
        // Taken; the next one.
      }
    }
    throw Refusal.of(graphics.path("@port"), "no port of " + address + " is free");
  }
}
