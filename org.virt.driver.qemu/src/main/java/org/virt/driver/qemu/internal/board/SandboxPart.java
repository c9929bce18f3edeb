package org.virt.driver.qemu.internal.board;

import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;

/** Takes rights from QEMU that no device of ours needs, and has it date its messages. */
public final class SandboxPart implements Part {
  @Override
  public void write(Machine machine, Node root, CommandLine out) {
    out.add(
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-msg",
        "timestamp=on");
  }
}
