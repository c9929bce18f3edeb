package org.virt.driver.qemu.internal.argv;

import org.virt.model.domain.DomainConfig;

/** Writes the size of the memory. */
final class MemoryWriter {
  private static final long KIB = 1024;

  private MemoryWriter() {}

  static void write(Machine machine, CommandLine out) {
    DomainConfig config = machine.config();
    // QEMU takes whole MiB; rounded up, so that the guest has what it was promised.
    long mebibytes = (config.memory.kib() + KIB - 1) / KIB;
    out.add("-m", Long.toString(mebibytes));
    out.json(
        "-object", "qom-type", "memory-backend-ram", "id", "pc.ram", "size", mebibytes * KIB * KIB);
    out.add("-overcommit", "mem-lock=off");
  }
}
