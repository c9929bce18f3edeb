package org.virt.driver.qemu.internal.board;

import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;

/** The monitor, and after it the connection that tells that the monitor listens. */
public final class MonitorPart implements Part {
  @Override
  public void write(Machine machine, Node root, CommandLine out) {
    String path = CommandLine.escape(machine.facts().monitor());
    out.add("-chardev", "socket,id=charmonitor,path=" + path + ",server=on,wait=off");
    out.add("-mon", "chardev=charmonitor,id=monitor,mode=control");
    machine
        .facts()
        .ready()
        .ifPresent(
            ready -> out.add("-chardev", "socket,id=charready,path=" + CommandLine.escape(ready)));
  }
}
