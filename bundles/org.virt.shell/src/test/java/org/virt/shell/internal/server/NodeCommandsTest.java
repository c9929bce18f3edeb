package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.domain.Affects;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.TypedParameters;

/** Commands about the host, and about what becomes of machines on it. */
class NodeCommandsTest extends CommandFixture {
  private final List<String> asked = new ArrayList<>();

  @BeforeEach
  void host() {
    services.connect.facets.put(HostStatistics.class, new OneHost());
    services.connect.facetsOfMachines.put(LifeVerbs.class, new OneLife());
    services.connect.add("vm", Reason.BOOTED, 7, Persistence.PERSISTENT);
  }

  /** A host with two cells, which has as many free pages as their size has bytes. */
  private final class OneHost implements HostStatistics {
    @Override
    public List<List<Long>> freePages(List<Long> sizes) {
      return List.of(sizes, sizes);
    }

    @Override
    public TypedParameters memoryParameters() {
      return TypedParameters.builder().uint("shm_sleep_millisecs", 20).build();
    }

    @Override
    public void setMemoryParameters(TypedParameters parameters) {
      parameters.list().forEach(p -> asked.add(p.name() + " " + p.text()));
    }
  }

  private final class OneLife implements LifeVerbs {
    @Override
    public void setLifecycleAction(Occasion occasion, Outcome outcome, Affects affects) {
      asked.add(occasion + " " + outcome + " " + affects);
    }
  }

  @Test
  void tellsFreePagesOfAllSizes() {
    services.connect.capabilities =
        "<capabilities><host><cpu><pages unit='KiB' size='4'/><pages unit='KiB' size='2048'/>"
            + "</cpu></host></capabilities>";
    String node = ":\n4KiB: 4\n2048KiB: 2048\n";
    assertEquals("Node 0" + node + "Node 1" + node + "\n", output("freepages", "--all"));
    assertEquals("Node 1:\n4KiB: 4\n\n", output("freepages", "--cellno", "1", "--pagesize", "4"));
    assertEquals("error: missing pagesize argument\n", failure(1, "freepages", "--cellno", "1"));
    services.connect.capabilities = "<capabilities><host/></capabilities>";
    assertEquals(
        "error: could not get information about supported page sizes\n",
        failure(1, "freepages", "--all"));
  }

  @Test
  void tunesHowPagesAreShared() {
    assertEquals("Shared memory:\n\tshm_sleep_millisecs 20\n\n", output("node-memory-tune"));
    output("node-memory-tune", "--shm-pages-to-scan", "5", "--shm-merge-across-nodes", "0");
    assertEquals(List.of("shm_pages_to_scan 5", "shm_merge_across_nodes 0"), asked);
  }

  @Test
  void setsWhatBecomesOfAMachineThatEnds() {
    output("set-lifecycle-action", "vm", "crash", "rename-restart", "--config");
    assertEquals(List.of("CRASH RENAME_RESTART CONFIG"), asked);
    assertEquals(
        "error: Unknown lifecycle type 'foo'\n",
        failure(1, "set-lifecycle-action", "vm", "foo", "destroy"));
  }
}
