package org.virt.driver.qemu.internal.argv;

/** Takes rights from QEMU that no device of ours needs, and has it date its messages. */
final class SandboxWriter {
  private SandboxWriter() {}

  static void write(Machine machine, CommandLine out) {
    out.add(
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-msg",
        "timestamp=on");
  }
}
