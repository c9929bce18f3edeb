package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MemoryVerbs;
import org.virt.driver.esx.internal.Performance.Counter;
import org.virt.driver.esx.internal.soap.Ref;

/** Memory of one machine. */
final class Memory implements MemoryVerbs {
  private static final long KIB_IN_MIB = 1024;

  private final Resize resize;
  private final Machines machines;
  private final DomainId id;

  Memory(Resize resize, Machines machines, DomainId id) {
    this.resize = resize;
    this.machines = machines;
    this.id = id;
  }

  @Override
  public void setMemory(long kib, Affects affects) throws VirtException {
    long limit = (kib + KIB_IN_MIB - 1) / KIB_IN_MIB;
    resize.change(
        "set memory of domain " + id,
        id,
        affects,
        body -> body.open("memoryAllocation").text("limit", limit).close("memoryAllocation"));
  }

  @Override
  public void setMaxMemory(long kib, Affects affects) throws VirtException {
    // A multiple of 4 MiB, which is what the host takes.
    long size = (kib + 4 * KIB_IN_MIB - 1) / (4 * KIB_IN_MIB) * 4;
    resize.change(
        "set maximum memory of domain " + id, id, affects, body -> body.text("memoryMB", size));
  }

  @Override
  public List<MemoryStat> memoryStats() throws VirtException {
    String action = "get memory statistics of domain " + id;
    Ref machine = machines.inState(action, id, Power.ON);
    MachineSize size = MachineSize.of(machines.get(action, id, MachineSize.PROPERTIES));
    Map<Counter, Long> last =
        machines.performance().last(action, List.of(machine)).getOrDefault(machine, Map.of());
    List<MemoryStat> stats = new ArrayList<>();
    long taken = last.getOrDefault(Counter.MEMORY_BALLOON, 0L);
    stats.add(new MemoryStat(Tag.ACTUAL, Math.max(0, size.limit() - taken)));
    if (last.containsKey(Counter.MEMORY_CONSUMED)) {
      stats.add(new MemoryStat(Tag.RSS, last.get(Counter.MEMORY_CONSUMED)));
    }
    return stats;
  }
}
