package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What translates the addresses of a guest's devices. */
public final class IommuPart implements Part {
  @Override
  public PciKind pci(Guest guest, Node iommu) {
    return iommu.is("@model", "virtio") ? PciKind.INTEGRATED : PciKind.NONE;
  }

  @Override
  public void check(Guest guest, Node iommu) throws VirtException {
    iommu.require("@model");
    iommu.oneOf("@model", "intel", "smmuv3", "virtio");
    String model = iommu.get("@model");
    boolean fits =
        switch (model) {
          case "intel" -> guest.board() == Board.Q35;
          case "smmuv3" -> guest.board() == Board.VIRT;
          default -> guest.board() == Board.Q35 || guest.board() == Board.VIRT;
        };
    if (!fits) {
      throw Refusal.of(iommu.path("@model"), "'" + model + "' is not for this machine type");
    }
    if (model.equals("virtio") && iommu.has("driver")) {
      throw Refusal.of(iommu.path("driver"), "'virtio' has none");
    }
    if (model.equals("virtio") && !guest.root().has("features/acpi")) {
      throw Refusal.of(iommu.path("@model"), "'virtio' needs ACPI");
    }
    if (iommu.on("driver/@intremap") && !guest.root().is("features/ioapic/@driver", "qemu")) {
      throw Refusal.of(iommu.path("driver/@intremap"), "needs <ioapic driver='qemu'/>");
    }
    if (iommu.on("driver/@eim") && !iommu.on("driver/@intremap")) {
      throw Refusal.of(iommu.path("driver/@eim"), "needs intremap");
    }
  }

  @Override
  public void write(Machine machine, Node iommu, CommandLine out) throws VirtException {
    if (iommu.is("@model", "smmuv3")) {
      return;
    }
    boolean intel = iommu.is("@model", "intel");
    Props props = Props.device(intel ? "intel-iommu" : "virtio-iommu");
    props.put("id", Machine.alias(iommu));
    if (intel) {
      props.put("intremap", iommu.get("driver/@intremap"));
      props.put("caching-mode", iommu.flag("driver/@caching_mode"));
      props.put("eim", iommu.get("driver/@eim"));
      props.put("device-iotlb", iommu.flag("driver/@iotlb"));
      props.put("aw-bits", iommu.number("driver/@aw_bits"));
    }
    out.device(machine.place(props, iommu));
  }
}
