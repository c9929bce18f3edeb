package org.virt.driver.test.internal;

import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;

/** The host in memory: the figures of libvirt's test driver. */
final class TestHostStatistics implements HostStatistics {
  private static final int MAX_VCPUS = 32;
  private static final int CPUS = 16;

  @Override
  public TypedParameters cpuStats(OptionalInt cpu) throws VirtException {
    if (cpu.isPresent() && (cpu.getAsInt() < 0 || cpu.getAsInt() >= CPUS)) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "get CPU statistics: there is no CPU " + cpu.getAsInt());
    }
    return TypedParameters.builder()
        .ullong("user", 9_797_400_000L)
        .ullong("kernel", 34_678_723_400_000L)
        .ullong("idle", 87_264_900_000L)
        .ullong("iowait", 763_600_000L)
        .build();
  }

  @Override
  public long freeMemory() {
    return 3072 * 1024L;
  }

  @Override
  public List<Long> cellsFreeMemory() {
    return List.of(2048 * 1024L, 4096 * 1024L);
  }

  @Override
  public CpuMap cpuMap() {
    return new CpuMap(8, new CpuSet(new TreeSet<>(List.of(0, 2, 4))));
  }

  @Override
  public int maxVcpus(String type) {
    return MAX_VCPUS;
  }
}
