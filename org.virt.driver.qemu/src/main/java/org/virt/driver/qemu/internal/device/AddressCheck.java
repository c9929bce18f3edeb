package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Kinds of addresses that a device cannot have, and options that only virtio has. */
final class AddressCheck {
  private static final Set<String> ON_PCI =
      Set.of("pci", "ccw", "virtio-mmio", "virtio-s390", "none");

  /** Kinds of addresses whose members are written in decimal digits alone. */
  private static final Map<String, List<String>> DECIMAL =
      Map.of(
          "drive", List.of("controller", "bus", "target", "unit"),
          "virtio-serial", List.of("controller", "bus", "port"),
          "ccid", List.of("controller", "slot"),
          "usb", List.of("bus"),
          "dimm", List.of("slot"));

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
    form(device, type);
    if (device.has("address/zpci") && board != Board.S390) {
      throw Refusal.of(device.path("address/zpci"), "is for s390 machines");
    }
    if (!type.isEmpty() && !fits(device, type)) {
      throw Refusal.xml(device.path("address/@type"), "'" + type + "' is not for this device");
    }
    if (device.is("rom/@enabled", "no") && (device.has("rom/@file") || device.has("rom/@bar"))) {
      throw Refusal.of(device.path("rom"), "is switched off, and has file or bar");
    }
    boolean pci = type.equals("pci") || type.equals("unassigned");
    for (String option : List.of("acpi", "rom")) {
      Node tuned = device.child(option);
      if (tuned != null && !tuned.attributes().isEmpty() && !pci) {
        throw Refusal.of(device.path(option), "is for devices on PCI");
      }
    }
    virtioOptions(device);
  }

  private static void form(Node device, String type) throws VirtException {
    Node address = device.child("address");
    if (address == null) {
      return;
    }
    if (type.equals("unassigned") && !device.name().equals("hostdev")) {
      throw Refusal.of(address.path("@type"), "'unassigned' is for the host's devices");
    }
    if (type.equals("pci") && address.number("@domain", 0) != 0) {
      throw Refusal.xml(address.path("@domain"), "there is the domain 0 only");
    }
    for (String member : DECIMAL.getOrDefault(type, List.of())) {
      if (!address.get("@" + member, "0").matches("[0-9]+")) {
        throw Refusal.xml(
            address.path("@" + member), "'" + address.get("@" + member) + "' is not a number");
      }
    }
    if (type.equals("ccid")) {
      address.require("@slot");
    }
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
      case "hostdev" ->
          device.is("@type", "scsi") || ON_PCI.contains(type) || type.equals("unassigned");
      case "serial" ->
          switch (device.get("target/@type", "")) {
            case "isa-serial", "isa-debug" -> type.equals("isa");
            case "pci-serial" -> type.equals("pci");
            default -> true;
          };
      case "smartcard" -> type.equals("ccid");
      case "watchdog" -> !device.is("@model", "i6300esb") || type.equals("pci");
      case "controller" ->
          device.is("@model", "pci-root", "pcie-root")
              ? type.equals("none")
              : !Set.of("drive", "virtio-serial", "ccid", "dimm", "isa").contains(type);
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
