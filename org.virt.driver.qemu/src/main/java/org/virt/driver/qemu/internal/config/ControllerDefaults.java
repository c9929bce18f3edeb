package org.virt.driver.qemu.internal.config;

import java.util.HashMap;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.model.domain.CharDevice;
import org.virt.model.domain.Controller;
import org.virt.model.domain.Disk;
import org.virt.model.domain.DomainConfig;

/** Adds the controllers that devices need and boards have. */
final class ControllerDefaults {
  private static final int MAX_INDEX = 255;

  private final DomainConfig config;
  private final Family family;

  private ControllerDefaults(DomainConfig config, Family family) {
    this.config = config;
    this.family = family;
  }

  static void complete(DomainConfig config, Family family) throws VirtException {
    new ControllerDefaults(config, family).run();
  }

  private void run() throws VirtException {
    number();
    if (config.devices.controllers.stream().noneMatch(c -> "usb".equals(c.type))) {
      add("usb", 0, family == Family.Q35 ? "qemu-xhci" : "piix3-uhci");
    }
    if (family == Family.Q35) {
      need("sata", 0, null);
    }
    need("pci", 0, family.rootModel());
    for (Disk disk : config.devices.disks) {
      if (disk.address == null || !"drive".equals(disk.address.type)) {
        continue;
      }
      String path = Nodes.path("disk", config.devices.disks, disk);
      int index = Nodes.number(path + "/address/@controller", disk.address.controller);
      if (index < 0 || index > MAX_INDEX) {
        throw Refusal.value(path + "/address/@controller", disk.address.controller);
      }
      for (int i = 0; i <= index && !disk.target.bus.equals("usb"); i++) {
        need(disk.target.bus, i, null);
      }
    }
    for (CharDevice device : config.devices.channels) {
      needSerialBus(device);
    }
    for (CharDevice device : config.devices.consoles) {
      needSerialBus(device);
    }
    for (Controller controller : config.devices.controllers) {
      if ("scsi".equals(controller.type)
          && (controller.model == null || controller.model.equals("auto"))) {
        controller.model = "lsilogic";
      }
    }
  }

  /** Numbers the controllers of each type that have no number. */
  private void number() {
    Map<String, Integer> next = new HashMap<>();
    for (Controller controller : config.devices.controllers) {
      String type = String.valueOf(controller.type);
      if (controller.index == null) {
        int index = next.getOrDefault(type, 0);
        while (Completion.hasController(config, type, index)) {
          index++;
        }
        controller.index = Integer.toString(index);
        next.put(type, index + 1);
      }
    }
  }

  private void needSerialBus(CharDevice device) throws VirtException {
    if (CharDefaults.isVirtio(device)) {
      String controller = CharDefaults.controller(device);
      need("virtio-serial", Nodes.number("address/@controller", controller), null);
    }
  }

  private void need(String type, int index, String model) {
    if (!Completion.hasController(config, type, index)) {
      add(type, index, model);
    }
  }

  private void add(String type, int index, String model) {
    Controller controller = new Controller();
    controller.type = type;
    controller.index = Integer.toString(index);
    controller.model = model;
    config.devices.controllers.add(controller);
  }
}
