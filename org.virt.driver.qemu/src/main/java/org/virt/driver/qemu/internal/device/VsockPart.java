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

/** Sockets between guest and host. */
public final class VsockPart implements Part {
  /** Numbers below are the hypervisor's and the host's. */
  private static final long FIRST = 3;

  @Override
  public void complete(Guest guest, Node vsock) {
    vsock.fill("model", "virtio");
    Node cid = vsock.child("cid");
    if (cid != null && !cid.has("@auto")) {
      cid.set("auto", cid.has("@address") ? "no" : "yes");
    } else if (cid == null) {
      vsock.add(Node.of("cid", "auto", "yes"));
    }
  }

  @Override
  public PciKind pci(Guest guest, Node vsock) {
    return Virtio.pci(guest, vsock, vsock.get("@model"));
  }

  @Override
  public void check(Guest guest, Node vsock) throws VirtException {
    vsock.oneOf("@model", "virtio", "virtio-transitional", "virtio-non-transitional");
    if (guest.devices("vsock").size() > 1) {
      throw Refusal.xml(vsock.path(), "there is one only");
    }
    Long cid = vsock.number("cid/@address");
    if (cid == null && !vsock.on("cid/@auto") || cid != null && cid < FIRST) {
      throw Refusal.of(vsock.path("cid/@address"), "a guest's number is " + FIRST + " or more");
    }
  }

  @Override
  public void write(Machine machine, Node vsock, CommandLine out) throws VirtException {
    Props props = Props.device(Virtio.driver("vhost-vsock", vsock, vsock.get("@model")));
    Virtio.options(props, vsock).put("id", Machine.alias(vsock));
    props.put("guest-cid", vsock.number("cid/@address", FIRST));
    out.device(machine.place(props, vsock));
  }
}
