package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;

/** Cryptographic accelerators. */
public final class CryptoPart implements Part {
  @Override
  public PciKind pci(Guest guest, Node crypto) {
    return Virtio.pci(guest, crypto, crypto.get("@model"));
  }

  @Override
  public void check(Guest guest, Node crypto) throws VirtException {
    crypto.oneOf("@model", "virtio");
    crypto.oneOf("backend/@model", "builtin", "lkcf");
    crypto.require("backend/@model");
  }

  @Override
  public void write(Machine machine, Node crypto, CommandLine out) throws VirtException {
    String alias = Machine.alias(crypto);
    String kind = crypto.is("backend/@model", "lkcf") ? "lkcf" : "builtin";
    Props backend = Props.object("cryptodev-backend-" + kind, "obj" + alias);
    out.add("-object", backend.put("queues", crypto.number("backend/@queues")));
    Props props = Props.device(Virtio.driver("virtio-crypto", crypto, null));
    Virtio.options(props, crypto).put("cryptodev", "obj" + alias).put("id", alias);
    out.device(machine.place(props, crypto));
  }
}
