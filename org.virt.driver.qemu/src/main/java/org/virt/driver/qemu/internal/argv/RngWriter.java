package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Rng;

/** Writes sources of random numbers. */
final class RngWriter {
  private RngWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    for (Rng rng : machine.config().devices.rngs) {
      String path = Nodes.path("rng", machine.config().devices.rngs, rng);
      if (!"virtio".equals(rng.model)) {
        throw Refusal.value(path + "/@model", rng.model);
      }
      String source = "obj" + rng.alias.name;
      String model = rng.backend == null ? null : rng.backend.model;
      switch (String.valueOf(model)) {
        case "random" -> {
          String file = rng.backend.path().isEmpty() ? "/dev/urandom" : rng.backend.path();
          out.json("-object", "qom-type", "rng-random", "id", source, "filename", file);
        }
        case "builtin" -> out.json("-object", "qom-type", "rng-builtin", "id", source);
        default -> throw Refusal.value(path + "/backend/@model", model);
      }
      out.json(
          "-device",
          Machine.members(
              Machine.of("driver", "virtio-rng-pci", "rng", source, "id", rng.alias.name),
              machine.pci(path, rng)));
    }
  }
}
