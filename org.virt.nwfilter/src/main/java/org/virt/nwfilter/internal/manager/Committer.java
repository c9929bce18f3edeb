package org.virt.nwfilter.internal.manager;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/** Commits programs and counts the generations. Safe for use by many threads. */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  private final AtomicLong generation = new AtomicLong();

  /** Takes note of a generation that the kernel has. */
  void seen(long number) {
    generation.accumulateAndGet(number, Math::max);
  }

  /**
   * Commits all or none; returns the generation.
   *
   * @throws VirtException whatever it was that failed
   */
  long commit(Technique technique, List<PortProgram> programs) throws VirtException {
    long number = generation.incrementAndGet();
    try {
      FilterTechnique.Prepared prepared = technique.service().prepare(number, programs);
      try {
        prepared.commit();
      } finally {
        prepared.discard();
      }
    } catch (VirtException | RuntimeException | Error e) {
      throw wrapped("apply " + technique.name() + " rules", e);
    }
    LOG.debug("{}: generation {} of {} ports", technique.name(), number, programs.size());
    return number;
  }

  /**
   * Commits what can be: a batch that fails is split until only the ports at fault are left out.
   */
  Outcome commitEach(Technique technique, List<PortProgram> programs) {
    Outcome outcome = new Outcome(new HashMap<>(), new HashMap<>());
    commitEach(technique, programs, outcome);
    return outcome;
  }

  private void commitEach(Technique technique, List<PortProgram> programs, Outcome outcome) {
    if (programs.isEmpty()) {
      return;
    }
    try {
      long number = commit(technique, programs);
      programs.forEach(program -> outcome.committed.put(program.port(), number));
    } catch (VirtException e) {
      if (programs.size() > 1) {
        LOG.debug("commit of {} ports failed, split: {}", programs.size(), e.toString());
        int half = programs.size() / 2;
        commitEach(technique, programs.subList(0, half), outcome);
        commitEach(technique, programs.subList(half, programs.size()), outcome);
      } else {
        PortRef port = programs.get(0).port();
        String action = "apply " + technique.name() + " rules on " + port + ": ";
        outcome.refused.put(port, new VirtException(e.code(), action + e.getMessage(), e));
      }
    }
  }

  /** Makes one kind of failure of whatever a technique fails with. */
  static VirtException wrapped(String action, Throwable cause) {
    return cause instanceof VirtException known
        ? known
        : new VirtException(ErrorCode.INTERNAL_ERROR, action + ": " + cause, cause);
  }

  /**
   * What became of ports.
   *
   * @param committed the generation of those that have their program
   * @param refused why those that do not have it do not
   */
  record Outcome(Map<PortRef, Long> committed, Map<PortRef, VirtException> refused) {}
}
