package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Os;

/** Writes how the machine boots; the order stands with the devices. */
final class BootWriter {
  private BootWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    Os os = machine.config().os;
    for (Os.Boot boot : os.boots) {
      if (boot.dev == null || !boot.dev.matches("hd|cdrom|network")) {
        throw Refusal.value("/domain/os/boot/@dev", boot.dev);
      }
    }
    out.add("-boot", "strict=on");
    if (os.kernel == null && (os.initrd != null || os.cmdline != null)) {
      throw Refusal.of("/domain/os", "initrd and cmdline need a kernel");
    }
    add(out, "-kernel", os.kernel);
    add(out, "-initrd", os.initrd);
    add(out, "-append", os.cmdline);
  }

  private static void add(CommandLine out, String option, String value) {
    if (value != null && !value.isEmpty()) {
      out.add(option, value);
    }
  }
}
