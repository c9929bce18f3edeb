package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Kinds of addresses that a device cannot have, and options that only virtio has. */
final class AddressCheck {
  private static final Set<String> ON_PCI =
      Set.of("pci", "ccw", "virtio-mmio", "virtio-s390", "unassigned", "none");

  private AddressCheck() {}

  static void run(Guest guest, Node device) throws VirtException {
    Board board = guest.board();
    String type = device.get("address/@type", "");
    boolean strange =
        switch (type) {
          case "ccw", "virtio-s390" -> board != Board.S390;
          case "spapr-vio" -> board != Board.PSERIES && !device.name().equals("controller");
          case "isa" -> !board.isPc();
          default -> false;
        };
    if (strange) {
      throw Refusal.of(
          device.path("address/@type"),
          "'" + type + "' is not for machine type '" + guest.machine() + "'");
    }
    if (device.has("address/zpci") && board != Board.S390) {
      throw Refusal.of(device.path("address/zpci"), "is for s390 machines");
    }
    if (!type.isEmpty() && !fits(device, type)) {
      throw Refusal.xml(device.path("address/@type"), "'" + type + "' is not for this device");
    }
    if (device.is("rom/@enabled", "no") && (device.has("rom/@file") || device.has("rom/@bar"))) {
      throw Refusal.of(device.path("rom"), "is switched off, and has file or bar");
    }
    virtioOptions(device);
  }

  /** Refuses what only virtio devices can be told. */
  static void virtioOptions(Node device) throws VirtException {
    for (String option : List.of("iommu", "ats", "packed", "page_per_vq")) {
      if (device.has("driver/@" + option) && !isVirtio(device)) {
        throw Refusal.of(device.path("driver/@" + option), "is for virtio devices");
      }
    }
  }

  private static boolean fits(Node device, String type) {
    if (UsbPlan.isUsb(device)) {
      return type.equals("usb");
    }
    return switch (device.name()) {
      case "memballoon", "rng", "vsock", "video", "crypto", "interface" -> ON_PCI.contains(type);
      case "filesystem" -> ON_PCI.contains(type);
      case "iommu" -> device.is("@model", "virtio") && type.equals("pci");
      case "input" -> !device.is("@bus", "virtio") || ON_PCI.contains(type);
      case "hostdev" -> device.is("@type", "scsi") || !device.has("@type") || ON_PCI.contains(type);
      case "serial" ->
          switch (device.get("target/@type", "")) {
            case "isa-serial", "isa-debug" -> type.equals("isa");
            case "pci-serial" -> type.equals("pci");
            default -> true;
          };
      case "controller" -> !device.is("@model", "pci-root", "pcie-root") || type.equals("none");
      default -> true;
    };
  }

  private static boolean isVirtio(Node device) {
    return switch (device.name()) {
      case "disk" -> device.is("target/@bus", "virtio");
      case "interface" -> device.get("model/@type", "").startsWith("virtio");
      case "video" -> device.is("model/@type", "virtio");
      case "memballoon" -> device.get("@model", "").startsWith("virtio");
      default -> true;
    };
  }
}
