package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.manager.Committer.Outcome;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;

class CommitterTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

  private final FakeTechnique fake = new FakeTechnique(new FakeTechnique.Kernel());
  private final Technique technique = new Technique("fake", 0, fake, fake.probe());

  private final AtomicInteger splits = new AtomicInteger();

  private Outcome commit(int ports, int again) {
    List<PortProgram> programs =
        IntStream.range(0, ports)
            .mapToObj(i -> new PortRef(new PortId("vnet" + i), i + 1, MAC))
            .map(port -> new PortProgram(port, new Program(List.of(), List.of())))
            .toList();
    return new Committer().commitEach(technique, programs, again, splits::incrementAndGet);
  }

  @Test
  void leavesOutThePortAtFaultOnly() {
    fake.failing.add("vnet77");
    Outcome outcome = commit(1000, 0);
    assertEquals(999, outcome.committed().size());
    assertEquals(
        Set.of("vnet77"),
        Set.of(outcome.refused().keySet().stream().map(p -> p.id().name()).toArray()));
    assertTrue(fake.tries.get() <= 21, "tries: " + fake.tries);
    assertEquals(1, splits.get(), "told once, before the first part");
  }

  @Test
  void triesNotEachOfManyPortsOfATechniqueThatFails() {
    fake.commitFails = new VirtException(ErrorCode.BUILD_FIREWALL, "the tool is missing");
    Outcome outcome = commit(1000, 0);
    assertEquals(1000, outcome.refused().size());
    assertEquals(63, fake.tries.get());
    outcome
        .refused()
        .forEach(
            (port, why) ->
                assertTrue(
                    why.getMessage().contains(port.toString())
                        && why.getMessage().contains("the tool is missing"),
                    why.getMessage()));
  }

  @Test
  void findsAtLastWhatOthersHaveHidden() {
    for (int i = 0; i < 64; i += 2) {
      fake.failing.add("vnet" + i);
    }
    assertEquals(0, commit(64, 0).committed().size(), "a bad port in each part");
    assertEquals(32, commit(64, 1).committed().size());
  }
}
