package org.virt.nwfilter.internal.manager;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/**
 * Brings the kernel to what is wanted: compiles the ports that changed and commits them as one
 * batch. Of the loop.
 */
final class Enforcer {
  private static final Logger LOG = LoggerFactory.getLogger(Enforcer.class);

  private final Ports ports;
  private final Techniques techniques;
  private final Committer committer;
  private final PortStates states;
  private final Clock clock;
  private final Consumer<String> used;

  private Planner planner = new Planner(Definitions.of(List.of()), true);

  /**
   * Enforces nothing yet.
   *
   * @param used takes the name of the technique that has the rules, when it is another than before
   */
  Enforcer(
      Ports ports,
      Techniques techniques,
      Committer committer,
      PortStates states,
      Clock clock,
      Consumer<String> used) {
    this.ports = ports;
    this.techniques = techniques;
    this.committer = committer;
    this.states = states;
    this.clock = clock;
    this.used = used;
  }

  /** A technique has the rules from now on. */
  void use(Technique technique) {
    if (techniques.use(technique.name())) {
      used.accept(technique.name());
    }
  }

  /** Compiles and commits every port that changed since the last time. */
  void settle(Definitions definitions) {
    List<Port> dirty = ports.touched();
    if (dirty.isEmpty()) {
      return;
    }
    Optional<Technique> active = techniques.active();
    if (active.isEmpty()) {
      dirty.forEach(ports::settled);
      states.awaitTechnique(dirty, techniques.whyNone());
      return;
    }
    List<Job> there = new ArrayList<>();
    List<Job> jobs = new ArrayList<>();
    Map<Port, VirtException> refused = new LinkedHashMap<>();
    for (Port port : dirty) {
      ports.settled(port);
      try {
        Job job = new Job(port, planner(definitions).plan(port));
        (job.isInstalled(active.get()) ? there : jobs).add(job);
      } catch (VirtException | RuntimeException | Error e) {
        refused.put(port, Committer.wrapped("compile the rules of " + port.ref, e));
      }
    }
    if (!refused.isEmpty()) {
      states.failed(refused);
    }
    if (!there.isEmpty()) {
      states.done(there);
    }
    commit(active.get(), jobs);
  }

  /** Returns the planner for filters and the technique that rules are committed to. */
  Planner planner(Definitions definitions) {
    boolean lookups = techniques.active().map(t -> t.probe().lookups()).orElse(true);
    if (!planner.isOf(definitions, lookups)) {
      planner = new Planner(definitions, lookups);
    }
    return planner;
  }

  private void commit(Technique technique, List<Job> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    int failures = 0;
    List<PortProgram> programs = new ArrayList<>(jobs.size());
    for (Job job : jobs) {
      failures = Math.max(failures, job.port().failures);
      programs.add(job.program(technique, now));
    }
    Committer.Outcome outcome =
        committer.commitEach(
            technique,
            programs,
            failures,
            () -> states.shut(jobs.stream().map(Job::port).toList()));
    List<Job> done = new ArrayList<>();
    Map<Port, VirtException> failed = new LinkedHashMap<>();
    for (Job job : jobs) {
      VirtException refused = outcome.refused().get(job.port().ref);
      if (refused == null) {
        done.add(job);
      } else {
        failed.put(job.port(), refused);
      }
    }
    if (!failed.isEmpty()) {
      states.failed(failed);
    }
    installed(technique, done, outcome.committed());
  }

  /** Takes note of what the kernel has, removes what it replaces, and goes on from there. */
  private void installed(Technique technique, List<Job> jobs, Map<PortRef, Long> generations) {
    if (jobs.isEmpty()) {
      return;
    }
    use(technique);
    Map<String, List<PortRef>> left = new LinkedHashMap<>();
    for (Job job : jobs) {
      Port port = job.port();
      String before = port.installed.technique();
      if (!before.isEmpty() && !before.equals(technique.name())) {
        left.computeIfAbsent(before, name -> new ArrayList<>()).add(port.ref);
      }
      port.installed = job.installed(technique, generations.get(port.ref));
      port.addressesIn = technique.probe().lookups() ? technique.name() : "";
    }
    states.done(jobs);
    left.forEach(this::removeFrom);
  }

  /**
   * Commits new programs of many ports, all or none, and only those that differ; on an error
   * nothing has changed.
   */
  void redefine(Definitions definitions, List<Port> reached) throws VirtException {
    Optional<Technique> active = techniques.active();
    if (active.isEmpty()) {
      reached.forEach(ports::touch);
      return;
    }
    Technique technique = active.get();
    Planner next = new Planner(definitions, technique.probe().lookups());
    List<Job> jobs = new ArrayList<>();
    for (Port port : reached) {
      Job job = new Job(port, next.plan(port));
      if (!job.isInstalled(technique)) {
        jobs.add(job);
      }
    }
    if (!jobs.isEmpty()) {
      Instant now = clock.instant();
      long number =
          committer.commit(
              technique, jobs.stream().map(job -> job.program(technique, now)).toList());
      Map<PortRef, Long> generations = new LinkedHashMap<>();
      jobs.forEach(job -> generations.put(job.port().ref, number));
      installed(technique, jobs, generations);
    }
    planner = next;
  }

  /** Removes rules that others have replaced. */
  void removeFrom(String technique, List<PortRef> refs) {
    if (refs.isEmpty()) {
      return;
    }
    Optional<Technique> old = techniques.find(technique);
    if (old.isEmpty()) {
      LOG.warn("rules of {} stay on {}: the technique is not installed", technique, refs);
      return;
    }
    try {
      old.get().service().remove(refs);
    } catch (VirtException | RuntimeException | Error e) {
      LOG.warn("remove {} rules of {}: {}", technique, refs, e.toString());
    }
  }
}
