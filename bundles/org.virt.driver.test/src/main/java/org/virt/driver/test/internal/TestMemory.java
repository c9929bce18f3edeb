package org.virt.driver.test.internal;

import java.time.Instant;
import java.util.List;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Affects.Activity;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.MemoryVerbs;
import org.virt.model.edit.Sizes;

/** Memory of one machine. */
final class TestMemory extends TestEdit implements MemoryVerbs {
  private static final long CACHES = 131_072;

  private static final String SET_MAX = "set maximum memory of";

  TestMemory(TestHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public void setMemory(long kib, Affects affects) throws VirtException {
    change("set memory of", affects, tree -> Sizes.memory(tree, kib));
    DomainNotice.Subject subject = host.on(id, TestMachine::subject);
    host.tell(new DomainNotice.BalloonChange(subject, kib));
  }

  @Override
  public void setMaxMemory(long kib, Affects affects) throws VirtException {
    host.on(
        id,
        machine -> {
          if (affects.live(machine.isActive() ? Activity.ACTIVE : Activity.INACTIVE)) {
            throw TestHost.invalid(
                SET_MAX, machine, "cannot resize the maximum memory on an active domain");
          }
          return machine;
        });
    change(SET_MAX, affects, tree -> Sizes.maxMemory(tree, kib));
  }

  @Override
  public void setMemoryStatsPeriod(int seconds, Affects affects) throws VirtException {
    change(
        "set memory statistics period of",
        affects,
        tree ->
            tree.make("devices", "memballoon", "stats").set("period", Integer.toString(seconds)));
  }

  @Override
  public List<MemoryStat> memoryStats() throws VirtException {
    return host.onActive(
        "get memory statistics of",
        id,
        machine -> {
          long actual = machine.live.currentMemory.kib();
          return List.of(
              new MemoryStat(Tag.ACTUAL, actual),
              new MemoryStat(Tag.SWAP_IN, 0),
              new MemoryStat(Tag.SWAP_OUT, 0),
              new MemoryStat(Tag.MAJOR_FAULT, 0),
              new MemoryStat(Tag.MINOR_FAULT, 0),
              new MemoryStat(Tag.UNUSED, actual / 2),
              new MemoryStat(Tag.AVAILABLE, actual),
              new MemoryStat(Tag.USABLE, actual / 2),
              new MemoryStat(Tag.LAST_UPDATE, Instant.now().getEpochSecond()),
              new MemoryStat(Tag.DISK_CACHES, CACHES),
              new MemoryStat(Tag.HUGETLB_PGALLOC, 0),
              new MemoryStat(Tag.HUGETLB_PGFAIL, 0),
              new MemoryStat(Tag.RSS, actual / 2));
        });
  }
}
