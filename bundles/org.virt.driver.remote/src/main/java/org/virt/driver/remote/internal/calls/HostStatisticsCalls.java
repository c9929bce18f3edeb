package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Asks what the host has and uses. */
record HostStatisticsCalls(Far far) implements HostStatistics {
  /** {@code VIR_NODE_CPU_STATS_ALL_CPUS} and {@code VIR_NODE_MEMORY_STATS_ALL_CELLS}. */
  private static final int ALL = -1;

  private static final int CELLS_MAX = 1024;
  private static final int WANTED = 1;

  @Override
  public TypedParameters cpuStats(OptionalInt cpu) throws VirtException {
    return figures(count -> far.call("node_get_cpu_stats", cpu.orElse(ALL), count, 0));
  }

  @Override
  public TypedParameters memoryStats(OptionalInt cell) throws VirtException {
    return figures(count -> far.call("node_get_memory_stats", count, cell.orElse(ALL), 0));
  }

  @Override
  public long freeMemory() throws VirtException {
    return far.call("node_get_free_memory").wide("freeMem");
  }

  @Override
  public List<Long> cellsFreeMemory() throws VirtException {
    return far.call("node_get_cells_free_memory", 0, CELLS_MAX).list("cells", Long.class);
  }

  @Override
  public List<List<Long>> freePages(List<Long> sizes) throws VirtException {
    List<Integer> pages = sizes.stream().map(Long::intValue).toList();
    int cells = CELLS_MAX / Math.max(1, sizes.size());
    List<Long> counts =
        far.call("node_get_free_pages", pages, 0, cells, 0).list("counts", Long.class);
    List<List<Long>> all = new ArrayList<>();
    for (int i = 0; i + sizes.size() <= counts.size() && !sizes.isEmpty(); i += sizes.size()) {
      all.add(List.copyOf(counts.subList(i, i + sizes.size())));
    }
    return all;
  }

  @Override
  public CpuMap cpuMap() throws VirtException {
    XdrStruct map = far.call("node_get_cpu_map", WANTED, WANTED, 0);
    return new CpuMap(map.integer("ret"), CpuSet.of(map.bytes("cpumap")));
  }

  @Override
  public TypedParameters memoryParameters() throws VirtException {
    return Parameters.all(count -> far.call("node_get_memory_parameters", count, 0));
  }

  @Override
  public void setMemoryParameters(TypedParameters parameters) throws VirtException {
    far.call("node_set_memory_parameters", TypedValues.toXdr(parameters), 0);
  }

  @Override
  public String sysinfo() throws VirtException {
    return far.call("connect_get_sysinfo", 0).text("sysinfo");
  }

  @Override
  public int maxVcpus(String type) throws VirtException {
    return far.call("connect_get_max_vcpus", type.isEmpty() ? null : type).integer("max_vcpus");
  }

  private static TypedParameters figures(Parameters.Asked asked) throws VirtException {
    int count = asked.ask(0).integer("nparams");
    TypedParameters.Builder figures = TypedParameters.builder();
    if (count > 0) {
      asked
          .ask(count)
          .structs("params")
          .forEach(figure -> figures.ullong(figure.text("field"), figure.wide("value")));
    }
    return figures.build();
  }
}
