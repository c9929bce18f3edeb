package org.virt.driver.qemu.internal.config;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.model.domain.CharDevice;
import org.virt.model.domain.Controller;
import org.virt.model.domain.Device;
import org.virt.model.domain.Devices;
import org.virt.model.domain.Disk;
import org.virt.model.domain.DomainConfig;

/**
 * Names the devices of a run as libvirt does: {@code net0}, {@code virtio-disk0}, {@code serial0}.
 * Names of the user's own begin with {@code ua-} and stay.
 */
public final class Aliases {
  private Aliases() {}

  /** Names every device of a complete machine. */
  public static void assign(DomainConfig config) throws VirtException {
    Devices devices = config.devices;
    Family family = Family.of(config);
    for (Disk disk : devices.disks) {
      set(disk, disk(config, disk, Nodes.path("disk", devices.disks, disk)));
    }
    for (Controller controller : devices.controllers) {
      set(controller, controller(family, controller));
    }
    number("net", devices.interfaces);
    number("serial", devices.serials);
    number("console", devices.consoles);
    number("channel", devices.channels);
    number("input", devices.inputs);
    number("video", devices.videos);
    number("rng", devices.rngs);
    if (devices.memballoon != null) {
      set(devices.memballoon, "balloon0");
    }
    if (!devices.consoles.isEmpty() && isTwin(devices.consoles.get(0))) {
      devices.consoles.get(0).alias = devices.serials.get(0).alias;
    }
  }

  /** Says whether a console stands for the first serial port. */
  public static boolean isTwin(CharDevice console) {
    return console.target != null && "serial".equals(console.target.type);
  }

  private static void number(String prefix, List<? extends Device> devices) {
    for (int i = 0; i < devices.size(); i++) {
      set(devices.get(i), prefix + i);
    }
  }

  private static void set(Device device, String name) {
    boolean own =
        device.alias != null && device.alias.name != null && device.alias.name.startsWith("ua-");
    if (!own) {
      device.alias = new Device.Alias();
      device.alias.name = name;
    }
  }

  private static String disk(DomainConfig config, Disk disk, String path) throws VirtException {
    Device.Address at = disk.address;
    return switch (String.valueOf(disk.target.bus)) {
      case "ide", "sata" -> disk.target.bus + at.controller + "-" + at.bus + "-" + at.unit;
      case "scsi" ->
          "scsi"
              + at.controller
              + "-"
              + at.bus
              + (isLsi(config, at.controller) ? "" : "-" + at.target)
              + "-"
              + at.unit;
      case "virtio" -> "virtio-disk" + DiskDefaults.index(disk.target.dev, path);
      default -> throw Refusal.value(path + "/target/@bus", disk.target.bus);
    };
  }

  /** Says whether a SCSI controller addresses disks by unit alone. */
  public static boolean isLsi(DomainConfig config, String index) {
    return config.devices.controllers.stream()
        .anyMatch(
            c -> "scsi".equals(c.type) && index.equals(c.index) && "lsilogic".equals(c.model));
  }

  private static String controller(Family family, Controller controller) {
    boolean first = "0".equals(controller.index);
    return switch (String.valueOf(controller.type)) {
      case "pci" -> first ? family.rootBus() : "pci." + controller.index;
      case "usb" -> first ? "usb" : "usb" + controller.index;
      case "ide" -> first && family == Family.I440FX ? "ide" : "ide" + controller.index;
      case "sata" -> first && family == Family.Q35 ? "ide" : "sata" + controller.index;
      default -> controller.type + controller.index;
    };
  }
}
