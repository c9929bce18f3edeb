package org.virt.driver.qemu.internal.argv;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Family;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.PciAddress;
import org.virt.model.domain.Controller;
import org.virt.model.domain.Device;
import org.virt.model.domain.DomainConfig;

/**
 * What the writers write about.
 *
 * @param config a complete machine whose devices have aliases
 * @param family its kind of board
 * @param facts what of the host is named
 */
record Machine(DomainConfig config, Family family, Facts facts) {
  /** Returns the members {@code bus} and {@code addr} of a PCI device, empty for any other. */
  Object[] pci(String path, Device device) throws VirtException {
    var address = PciAddress.of(path, device);
    if (address.isEmpty()) {
      return new Object[0];
    }
    String bus = "pci." + address.get().bus();
    for (Controller controller : config.devices.controllers) {
      int index = Nodes.number("/domain/devices/controller/@index", controller.index);
      if ("pci".equals(controller.type) && index == address.get().bus()) {
        bus = controller.alias.name;
      }
    }
    Boolean multifunction =
        device.address.multifunction == null ? null : device.address.multifunction.equals("on");
    return new Object[] {"bus", bus, "multifunction", multifunction, "addr", address.get().qemu()};
  }

  /** Returns the place of a device in the order of boot; null when it is not booted from. */
  Integer bootIndex(Device device, Device.BootOrder own) throws VirtException {
    if (own != null) {
      return Nodes.number("boot/@order", own.order);
    }
    for (int i = 0; i < config.os.boots.size(); i++) {
      if (firstOf(config.os.boots.get(i).dev) == device) {
        return i + 1;
      }
    }
    return null;
  }

  private Device firstOf(String kind) {
    return switch (String.valueOf(kind)) {
      case "hd" ->
          first(config.devices.disks.stream().filter(d -> "disk".equals(d.device)).toList());
      case "cdrom" ->
          first(config.devices.disks.stream().filter(d -> "cdrom".equals(d.device)).toList());
      case "network" -> first(config.devices.interfaces);
      default -> null;
    };
  }

  private static Device first(List<? extends Device> devices) {
    return devices.isEmpty() ? null : devices.get(0);
  }

  /** Joins members and values. */
  static Object[] members(Object[]... parts) {
    int length = 0;
    for (Object[] part : parts) {
      length += part.length;
    }
    Object[] all = new Object[length];
    int at = 0;
    for (Object[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Returns members and values in turn. */
  static Object[] of(Object... members) {
    return members;
  }
}
