package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;

/** What all virtio devices have. */
final class Virtio {
  private Virtio() {}

  /** Returns QEMU's name of a device: kind, bus, and which versions of virtio it speaks. */
  static String driver(String kind, Node device, String model) {
    String bus =
        switch (device.get("address/@type", "pci")) {
          case "ccw" -> "-ccw";
          case "virtio-mmio" -> "-device";
          default -> "-pci";
        };
    String versions = String.valueOf(model).replaceFirst("^virtio", "");
    return kind + bus + (versions.matches("-(non-)?transitional") ? versions : "");
  }

  /** Adds the options that stand with the driver. */
  static Props options(Props props, Node device) throws VirtException {
    return props
        .put("iommu_platform", device.flag("driver/@iommu"))
        .put("ats", device.flag("driver/@ats"))
        .put("packed", device.flag("driver/@packed"))
        .put("page-per-vq", device.flag("driver/@page_per_vq"));
  }

  /** Says which bus a virtio device goes to. */
  static PciKind pci(Guest guest, Node device, String model) {
    boolean elsewhere = device.has("address/@type") && !"pci".equals(device.get("address/@type"));
    if (elsewhere || guest.board().rootBus() == null) {
      return PciKind.NONE;
    }
    return "virtio-transitional".equals(model) ? PciKind.PCI : PciKind.EXPRESS;
  }
}
