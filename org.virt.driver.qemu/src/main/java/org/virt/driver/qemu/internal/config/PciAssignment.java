package org.virt.driver.qemu.internal.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.model.domain.Controller;
import org.virt.model.domain.Device;
import org.virt.model.domain.Devices;
import org.virt.model.domain.Disk;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Input;
import org.virt.model.domain.Interface;
import org.virt.model.domain.Rng;
import org.virt.model.domain.Video;

/**
 * Gives each PCI device a place, those with a given one first, the others in libvirt's order: a
 * guest finds its hardware where libvirt would have put it.
 */
final class PciAssignment {
  /** Slot of the first graphics card on each board. */
  private static final Map<Family, Integer> VIDEO_SLOT = Map.of(Family.I440FX, 2, Family.Q35, 1);

  private static final Set<String> PLAIN_NETS =
      Set.of("rtl8139", "e1000", "ne2k_pci", "pcnet", "i82551", "i82557b", "i82559er");
  private static final Set<String> EXPRESS_USB = Set.of("qemu-xhci", "nec-xhci");

  private final Devices devices;
  private final Family family;
  private final PciPlan plan;

  /** PCI devices in the order in which they get a place, and whether they are PCI Express ones. */
  private final Map<Device, Boolean> waiting = new LinkedHashMap<>();

  private PciAssignment(DomainConfig config, Family family) throws VirtException {
    this.devices = config.devices;
    this.family = family;
    this.plan = new PciPlan(family, config);
  }

  static void run(DomainConfig config, Family family) throws VirtException {
    new PciAssignment(config, family).run();
  }

  private void run() throws VirtException {
    placeOnBoard();
    Video primary = devices.videos.isEmpty() ? null : devices.videos.get(0);
    for (Controller controller : devices.controllers) {
      if (isPciDevice(controller)) {
        collect("controller", devices.controllers, controller, false);
      }
    }
    waiting.clear(); // new buses get their places at the end
    for (Interface net : devices.interfaces) {
      String model = net.model == null ? "" : String.valueOf(net.model.type);
      collect("interface", devices.interfaces, net, !PLAIN_NETS.contains(model));
    }
    for (Controller controller : devices.controllers) {
      if (!isPciDevice(controller) && needsPlace(controller)) {
        collect("controller", devices.controllers, controller, isExpress(controller));
      }
    }
    for (Disk disk : devices.disks) {
      if (disk.target != null && "virtio".equals(disk.target.bus)) {
        collect("disk", devices.disks, disk, true);
      }
    }
    if (devices.memballoon != null && !"none".equals(devices.memballoon.model)) {
      collect("memballoon", java.util.List.of(), devices.memballoon, true);
    }
    for (Rng rng : devices.rngs) {
      collect("rng", devices.rngs, rng, true);
    }
    for (Video video : devices.videos) {
      if (video != primary) {
        collect("video", devices.videos, video, false);
      }
    }
    for (Input input : devices.inputs) {
      if ("virtio".equals(input.bus)) {
        collect("input", devices.inputs, input, true);
      }
    }
    placePrimary(primary);
    for (Map.Entry<Device, Boolean> device : waiting.entrySet()) {
      plan.assign(device.getKey(), device.getValue());
    }
    plan.finish();
  }

  /** Notes a device's own place, or that it needs one. */
  private void collect(String kind, java.util.List<?> all, Device device, boolean express)
      throws VirtException {
    String path = Nodes.path(kind, all, device);
    var given = PciAddress.of(path, device);
    if (given.isPresent()) {
      plan.reserve(path, given.get());
    } else {
      waiting.put(device, express);
    }
  }

  private void placePrimary(Video primary) throws VirtException {
    if (primary == null || primary.model == null || "none".equals(primary.model.type)) {
      return;
    }
    String path = Nodes.path("video", devices.videos, primary);
    var given = PciAddress.of(path, primary);
    if (given.isPresent()) {
      plan.reserve(path, given.get());
    } else {
      plan.assignAt(primary, VIDEO_SLOT.get(family));
    }
  }

  /** Controllers that are part of the board have one place only. */
  private void placeOnBoard() throws VirtException {
    for (Controller controller : devices.controllers) {
      PciAddress fixed = fixedPlace(controller);
      String path = Nodes.path("controller", devices.controllers, controller);
      if (fixed == null) {
        continue;
      }
      var given = PciAddress.of(path, controller);
      if (given.isPresent() && !given.get().equals(fixed) && !controller.type.equals("usb")) {
        throw Refusal.of(path + "/address", "this controller can only be at " + fixed);
      }
      if (given.isEmpty()) {
        fixed.put(controller);
      }
    }
  }

  private PciAddress fixedPlace(Controller controller) {
    if (!"0".equals(controller.index)) {
      return null;
    }
    boolean q35 = family == Family.Q35;
    return switch (String.valueOf(controller.type)) {
      case "ide" -> q35 ? null : new PciAddress(0, 1, 1);
      case "sata" -> q35 ? new PciAddress(0, 0x1f, 2) : null;
      case "usb" ->
          !q35 && "piix3-uhci".equals(UsbModel.of(controller)) ? new PciAddress(0, 1, 2) : null;
      default -> null;
    };
  }

  /** Says whether it is a bridge or port, which has a place but no device on it is placed yet. */
  private static boolean isPciDevice(Controller controller) {
    return "pci".equals(controller.type) && !String.valueOf(controller.model).endsWith("-root");
  }

  private static boolean needsPlace(Controller controller) {
    return switch (String.valueOf(controller.type)) {
      case "pci" -> false;
      case "usb" -> !"none".equals(controller.model);
      default -> true;
    };
  }

  private static boolean isExpress(Controller controller) {
    String model = String.valueOf(controller.model);
    return switch (String.valueOf(controller.type)) {
      case "usb" -> EXPRESS_USB.contains(model);
      case "scsi" -> model.startsWith("virtio");
      case "virtio-serial" -> true;
      default -> false;
    };
  }
}
