package org.virt.driver.qemu.internal.argv;

import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;

/** Chooses the paths of sockets that the definition leaves open. */
public final class SocketPaths {
  private SocketPaths() {}

  /**
   * Gives each listening Unix socket without a path one in a folder.
   *
   * @param guest a machine whose devices have aliases
   */
  public static void fill(Guest guest, String folder) {
    for (String kind : new String[] {"channel", "serial", "parallel", "console"}) {
      for (Node device : guest.devices(kind)) {
        if (device.is("@type", "unix") && !device.has("source/@path")) {
          Node source = device.ensure("source").set("mode", "bind");
          source.set("path", folder + "/" + device.get("alias/@name") + ".sock");
        }
      }
    }
  }
}
