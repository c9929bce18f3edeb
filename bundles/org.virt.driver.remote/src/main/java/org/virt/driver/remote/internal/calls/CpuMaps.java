package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.virt.api.domain.CpuSet;

/** Sets of CPUs as calls have them: a bit for each, several sets one after the other. */
final class CpuMaps {
  private CpuMaps() {}

  /** Returns the shortest map of a set. */
  static byte[] of(CpuSet cpus) {
    int most = cpus.cpus().isEmpty() ? 0 : cpus.cpus().last();
    return cpus.map(length(most + 1));
  }

  /** Returns the bytes of a map for so many CPUs. */
  static int length(int cpus) {
    return (cpus + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Takes sets apart. */
  static List<CpuSet> split(byte[] maps, int length) {
    List<CpuSet> sets = new ArrayList<>();
    for (int at = 0; length > 0 && at + length <= maps.length; at += length) {
      sets.add(CpuSet.of(Arrays.copyOfRange(maps, at, at + length)));
    }
    return sets;
  }
}
