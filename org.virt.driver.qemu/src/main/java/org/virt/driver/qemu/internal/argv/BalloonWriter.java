package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Memballoon;

/** Writes the device through which the guest gives memory back. */
final class BalloonWriter {
  private static final String PATH = "/domain/devices/memballoon";

  private BalloonWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    Memballoon balloon = machine.config().devices.memballoon;
    if (balloon == null || "none".equals(balloon.model)) {
      return;
    }
    if (!"virtio".equals(balloon.model)) {
      throw Refusal.value(PATH + "/@model", balloon.model);
    }
    out.json(
        "-device",
        Machine.members(
            Machine.of("driver", "virtio-balloon-pci", "id", balloon.alias.name),
            machine.pci(PATH, balloon)));
  }
}
