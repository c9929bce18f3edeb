package org.virt.driver.esx.internal;

import org.virt.driver.esx.internal.Query.Found;

/**
 * What a machine is given.
 *
 * @param memory KiB
 * @param limit how much of it may be the host's own memory, KiB
 * @param vcpus number of its virtual CPUs
 */
record MachineSize(long memory, long limit, int vcpus) {
  private static final String MEMORY = "config.hardware.memoryMB";
  private static final String VCPUS = "config.hardware.numCPU";
  private static final String LIMIT = "config.memoryAllocation.limit";

  /** The properties that tell it. */
  static final String[] PROPERTIES = {MEMORY, VCPUS, LIMIT};

  private static final long KIB_IN_MIB = 1024;

  static MachineSize of(Found machine) {
    long memory = Host.number(machine, MEMORY) * KIB_IN_MIB;
    long limit = machine.text(LIMIT).isEmpty() ? -1 : Host.number(machine, LIMIT);
    return new MachineSize(
        memory,
        limit < 0 ? memory : Math.min(memory, limit * KIB_IN_MIB),
        (int) Host.number(machine, VCPUS));
  }
}
