package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MemoryVerbs;
import org.virt.rpc.XdrStruct;

/** Asks about a machine's memory. */
record MemoryCalls(FarDomain domain) implements MemoryVerbs {
  /** {@code VIR_DOMAIN_MEM_MAXIMUM}. */
  private static final int MAXIMUM = 4;

  private static final int STATS_MAX = 64;

  @Override
  public void setMemory(long kib, Affects affects) throws VirtException {
    domain.call("domain_set_memory_flags", kib, affects.bits());
  }

  @Override
  public void setMaxMemory(long kib, Affects affects) throws VirtException {
    domain.call("domain_set_memory_flags", kib, affects.bits() | MAXIMUM);
  }

  @Override
  public void setMemoryStatsPeriod(int seconds, Affects affects) throws VirtException {
    domain.call("domain_set_memory_stats_period", seconds, affects.bits());
  }

  @Override
  public List<MemoryStat> memoryStats() throws VirtException {
    List<MemoryStat> figures = new ArrayList<>();
    for (XdrStruct stat : domain.call("domain_memory_stats", STATS_MAX, 0).structs("stats")) {
      int tag = stat.integer("tag");
      // A newer libvirt may have figures of which nothing is known here.
      if (tag >= 0 && tag < Tag.values().length) {
        figures.add(new MemoryStat(Tag.values()[tag], stat.wide("val")));
      }
    }
    return figures;
  }
}
