package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** The device through which the guest gives memory back. */
public final class BalloonPart implements Part {
  @Override
  public PciKind pci(Guest guest, Node balloon) {
    return balloon.is("@model", "none")
        ? PciKind.NONE
        : Virtio.pci(guest, balloon, balloon.get("@model"));
  }

  @Override
  public void check(Guest guest, Node balloon) throws VirtException {
    balloon.oneOf("@model", "virtio", "none", "virtio-transitional", "virtio-non-transitional");
    balloon.require("@model");
    if (guest.devices("memballoon").size() > 1) {
      throw Refusal.of(balloon.path(), "there is one only");
    }
  }

  @Override
  public void write(Machine machine, Node balloon, CommandLine out) throws VirtException {
    if (balloon.is("@model", "none")) {
      return;
    }
    Props props = Props.device(Virtio.driver("virtio-balloon", balloon, balloon.get("@model")));
    props.put("id", Machine.alias(balloon));
    props.put("deflate-on-oom", balloon.flag("@autodeflate"));
    props.put("free-page-reporting", balloon.flag("@freePageReporting"));
    out.device(machine.place(Virtio.options(props, balloon), balloon));
  }
}
