package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Parallel ports. */
public final class ParallelPart implements Part {
  @Override
  public void complete(Guest guest, Node port) {
    Chardev.complete(port);
    Node target = port.ensure("target");
    if (target.is("@port", "-1")) {
      target.set("port", null);
    }
    target.fill("port", Integer.toString(guest.devices("parallel").indexOf(port)));
  }

  @Override
  public void check(Guest guest, Node port) throws VirtException {
    Chardev.noAgent(port);
    Chardev.check(port);
    if (guest.board() == Board.PSERIES || guest.board() == Board.S390) {
      throw Refusal.of(port.path(), "machine type '" + guest.machine() + "' has none");
    }
  }

  @Override
  public void write(Machine machine, Node port, CommandLine out) throws VirtException {
    String alias = Machine.alias(port);
    Chardev.write(port, "char" + alias, out);
    out.device(Props.device("isa-parallel").put("chardev", "char" + alias).put("id", alias));
  }
}
