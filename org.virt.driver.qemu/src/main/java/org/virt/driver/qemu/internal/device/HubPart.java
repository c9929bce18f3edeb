package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;

/** USB hubs. */
public final class HubPart implements Part {
  @Override
  public void check(Guest guest, Node hub) throws VirtException {
    hub.oneOf("@type", "usb");
  }

  @Override
  public void write(Machine machine, Node hub, CommandLine out) throws VirtException {
    out.device(machine.place(Props.device("usb-hub").put("id", Machine.alias(hub)), hub));
  }
}
