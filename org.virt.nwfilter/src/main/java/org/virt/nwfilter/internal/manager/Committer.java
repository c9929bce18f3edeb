package org.virt.nwfilter.internal.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** So many parts that fail, and none that does not, are enough to refuse all. */
  private static final int FAILED_PARTS = 32;

  private static final int MOST_DOUBLINGS = 10;

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
   * When each of many parts fails, the technique does for all.
   *
   * @param again how often these have failed before; each time more parts are tried
   * @param split run when they cannot be committed at once, before parts are tried
   */
  Outcome commitEach(Technique technique, List<PortProgram> programs, int again, Runnable split) {
    int many = FAILED_PARTS << Math.min(again, MOST_DOUBLINGS);
    Outcome outcome = new Outcome(new HashMap<>(), new HashMap<>());
    List<List<PortProgram>> parts = programs.isEmpty() ? List.of() : List.of(programs);
    while (!parts.isEmpty()) {
      List<Failed> failed = new ArrayList<>();
      parts.forEach(part -> commitPart(technique, part, outcome).ifPresent(failed::add));
      boolean hopeless = failed.size() >= many && outcome.committed.isEmpty();
      List<List<PortProgram>> smaller = new ArrayList<>();
      for (Failed one : failed) {
        int size = one.part.size();
        if (hopeless || size == 1) {
          one.refuse(technique, outcome);
        } else {
          smaller.add(one.part.subList(0, size / 2));
          smaller.add(one.part.subList(size / 2, size));
        }
      }
      if (parts.size() == 1 && !smaller.isEmpty()) {
        split.run();
      }
      parts = smaller;
    }
    return outcome;
  }

  private Optional<Failed> commitPart(
      Technique technique, List<PortProgram> part, Outcome outcome) {
    try {
      long number = commit(technique, part);
      part.forEach(program -> outcome.committed.put(program.port(), number));
      return Optional.empty();
    } catch (VirtException e) {
      LOG.debug("commit of {} ports failed: {}", part.size(), e.toString());
      return Optional.of(new Failed(part, e));
    }
  }

  /** Makes one kind of failure of whatever a technique fails with. */
  static VirtException wrapped(String action, Throwable cause) {
    return cause instanceof VirtException known
        ? known
        : new VirtException(ErrorCode.INTERNAL_ERROR, action + ": " + cause, cause);
  }

  /** Programs that could not be committed together. */
  private record Failed(List<PortProgram> part, VirtException why) {
    void refuse(Technique technique, Outcome outcome) {
      for (PortProgram program : part) {
        PortRef port = program.port();
        String others = part.size() == 1 ? ": " : " together with others: ";
        String action = "apply " + technique.name() + " rules on " + port + others;
        outcome.refused.put(port, new VirtException(why.code(), action + why.getMessage(), why));
      }
    }
  }

  /**
   * What became of ports.
   *
   * @param committed the generation of those that have their program
   * @param refused why those that do not have it do not
   */
  record Outcome(Map<PortRef, Long> committed, Map<PortRef, VirtException> refused) {}
}
