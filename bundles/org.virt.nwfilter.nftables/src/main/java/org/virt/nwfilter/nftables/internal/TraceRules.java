package org.virt.nwfilter.nftables.internal;

import java.util.function.Predicate;
import org.virt.nwfilter.nftables.internal.Condition.Compare;

/** Rules at the start of the first chains that have the kernel tell what becomes of frames. */
final class TraceRules {
  /** What their comments begin with; the index of the port's interface follows. */
  private static final String COMMENT = "trace ";

  private TraceRules() {}

  /**
   * Has all frames of a port traced.
   *
   * @param direct whether it is in no bridge
   */
  static void write(Batch batch, int index, boolean direct) {
    if (direct) {
      for (boolean out : new boolean[] {true, false}) {
        String map = out ? DirectLayout.FROM : DirectLayout.TO;
        write(batch.of(Batch.NETDEV), DirectLayout.name(map, index), DirectLayout.port(out), index);
      }
      return;
    }
    for (Layout.Base base : Layout.CHAINS) {
      write(batch, base.name(), base.isOutgoing() ? Subjects.IN_INDEX : Subjects.OUT_INDEX, index);
    }
  }

  private static void write(Batch batch, String chain, Subject port, int index) {
    batch.newTraceRule(chain, Compare.is(port, HostOrder.bytes(index)), COMMENT + index);
  }

  /** Returns what tells those of a port from all other rules. */
  static Predicate<FoundRule> isOf(int index) {
    return rule -> rule.comment().equals(COMMENT + index);
  }
}
