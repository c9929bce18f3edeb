package org.virt.driver.qemu.internal.config;

import org.virt.model.domain.CharDevice;
import org.virt.model.domain.DomainConfig;

/** Chooses the paths of sockets that the definition leaves open. */
public final class SocketPaths {
  private SocketPaths() {}

  /**
   * Gives each listening Unix socket without a path one in a folder.
   *
   * @param config a machine whose devices have aliases
   */
  public static void fill(DomainConfig config, String folder) {
    config.devices.channels.forEach(device -> fill(device, folder));
    config.devices.serials.forEach(device -> fill(device, folder));
    config.devices.consoles.forEach(device -> fill(device, folder));
  }

  private static void fill(CharDevice device, String folder) {
    if (!"unix".equals(device.type)) {
      return;
    }
    if (device.sources.isEmpty()) {
      device.sources.add(new CharDevice.Source());
    }
    CharDevice.Source source = device.sources.get(0);
    if (source.path == null) {
      source.mode = "bind";
      source.path = folder + "/" + device.alias.name + ".sock";
    }
  }
}
