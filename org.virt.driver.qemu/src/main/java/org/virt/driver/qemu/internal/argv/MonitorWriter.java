package org.virt.driver.qemu.internal.argv;

/** Writes the monitor, and after it the connection that tells that the monitor listens. */
final class MonitorWriter {
  private MonitorWriter() {}

  static void write(Machine machine, CommandLine out) {
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
