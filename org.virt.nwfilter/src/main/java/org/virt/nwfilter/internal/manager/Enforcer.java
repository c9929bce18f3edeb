package org.virt.nwfilter.internal.manager;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.Planner.Plan;
import org.virt.nwfilter.internal.manager.Port.Installed;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/**
 * Brings the kernel to what is wanted: compiles the ports that changed, commits them as one batch,
 * splits a batch that fails until only the ports at fault are left out. Belongs to the loop.
 */
final class Enforcer {
  static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final Logger LOG = LoggerFactory.getLogger(Enforcer.class);

  private final Loop loop;
  private final Ports ports;
  private final Techniques techniques;
  private final PortLinks links;
  private final Learners learners;
  private final Clock clock;
  private long generation;

  private Planner planner = new Planner(Definitions.of(List.of()), true);

  Enforcer(
      Loop loop,
      Ports ports,
      Techniques techniques,
      PortLinks links,
      Learners learners,
      Clock clock) {
    this.loop = loop;
    this.ports = ports;
    this.techniques = techniques;
    this.links = links;
    this.learners = learners;
    this.clock = clock;
  }

  /** Takes note of a generation that the kernel has. */
  void seen(long number) {
    generation = Math.max(generation, number);
  }

  /** Compiles and commits every port that changed since the last time. */
  void settle(Definitions definitions) {
    List<Port> dirty = ports.all().stream().filter(port -> port.dirty).toList();
    if (dirty.isEmpty()) {
      return;
    }
    Optional<Technique> active = techniques.active();
    if (active.isEmpty()) {
      dirty.forEach(this::waitForTechnique);
      return;
    }
    List<Job> jobs = new ArrayList<>();
    for (Port port : dirty) {
      port.dirty = false;
      plan(planner(definitions), port)
          .ifPresent(
              job -> {
                if (isInstalled(job, active.get())) {
                  done(job, port.installed);
                } else {
                  jobs.add(job);
                }
              });
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

  private Optional<Job> plan(Planner plans, Port port) {
    try {
      return Optional.of(new Job(port, plans.plan(port)));
    } catch (VirtException e) {
      failed(port, e);
      return Optional.empty();
    } catch (RuntimeException e) {
      failed(port, wrapped("compile the rules of " + port.ref, e));
      return Optional.empty();
    }
  }

  private static boolean isInstalled(Job job, Technique technique) {
    Installed has = job.port().installed;
    return has.technique().equals(technique.name())
        && has.digest().equals(job.plan().program().digest())
        && has.mac().equals(job.port().ref.mac())
        && hasAddresses(job.port(), technique);
  }

  /** Says whether the technique's lookups find what the port may use. */
  private static boolean hasAddresses(Port port, Technique technique) {
    return !technique.probe().lookups()
        || port.addressesIn.equals(technique.name())
        || port.learned.isEmpty() && BindingControls.given(port.binding).isEmpty();
  }

  private void waitForTechnique(Port port) {
    port.enforcement = port.hasRules() ? Enforcement.ORPHANED : Enforcement.CLOSED;
    port.reason = techniques.whyNone();
    if (!port.hasRules()) {
      takeDown(port);
    }
    ports.publish(port);
  }

  private void commit(Technique technique, List<Job> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    try {
      commitTogether(technique, jobs);
    } catch (VirtException | RuntimeException | LinkageError e) {
      if (jobs.size() > 1) {
        LOG.debug("commit of {} ports failed, split: {}", jobs.size(), e.toString());
        int half = jobs.size() / 2;
        commit(technique, jobs.subList(0, half));
        commit(technique, jobs.subList(half, jobs.size()));
      } else {
        Port port = jobs.get(0).port();
        failed(port, wrapped("apply " + technique.name() + " rules on " + port.ref, e));
      }
    }
  }

  /** Commits all or none; the ports' own state changes only when the kernel's did. */
  private void commitTogether(Technique technique, List<Job> jobs) throws VirtException {
    Map<String, List<PortRef>> left = new LinkedHashMap<>();
    for (Job job : jobs) {
      String before = job.port().installed.technique();
      if (!before.isEmpty() && !before.equals(technique.name())) {
        left.computeIfAbsent(before, name -> new ArrayList<>()).add(job.port().ref);
      }
    }
    long number = apply(technique, jobs);
    for (Job job : jobs) {
      String digest = job.plan().program().digest();
      done(job, new Installed(technique.name(), number, digest, job.port().ref.mac()));
    }
    left.forEach(this::removeFrom);
  }

  private long apply(Technique technique, List<Job> jobs) throws VirtException {
    boolean lookups = technique.probe().lookups();
    Instant now = clock.instant();
    List<PortProgram> programs = new ArrayList<>(jobs.size());
    for (Job job : jobs) {
      List<AddressBinding> addresses = lookups ? job.port().bindings(now) : List.of();
      programs.add(new PortProgram(job.port().ref, job.plan().program(), addresses));
    }
    long number = ++generation;
    FilterTechnique.Prepared prepared = technique.service().prepare(number, programs);
    try {
      prepared.commit();
    } finally {
      prepared.discard();
    }
    jobs.forEach(job -> job.port().addressesIn = lookups ? technique.name() : "");
    LOG.debug("{}: generation {} of {} ports", technique.name(), number, jobs.size());
    return number;
  }

  /**
   * Commits new programs of many ports, all or none, and only those that differ; on an error
   * nothing has changed.
   */
  void redefine(Definitions definitions, List<Port> reached) throws VirtException {
    Optional<Technique> active = techniques.active();
    if (active.isEmpty()) {
      reached.forEach(port -> port.dirty = true);
      return;
    }
    List<Job> jobs = new ArrayList<>();
    Planner next = new Planner(definitions, active.get().probe().lookups());
    for (Port port : reached) {
      Job job = new Job(port, next.plan(port));
      if (!isInstalled(job, active.get())) {
        jobs.add(job);
      }
    }
    if (jobs.isEmpty()) {
      return;
    }
    try {
      commitTogether(active.get(), jobs);
    } catch (RuntimeException | LinkageError e) {
      throw wrapped("apply " + active.get().name() + " rules", e);
    }
    planner = next;
  }

  private void removeFrom(String technique, List<PortRef> refs) {
    Optional<Technique> old = techniques.find(technique);
    if (old.isEmpty()) {
      LOG.warn("rules of {} stay on {}: the technique is not installed", technique, refs);
      return;
    }
    try {
      old.get().service().remove(refs);
    } catch (VirtException | RuntimeException | LinkageError e) {
      LOG.warn("remove {} rules of {}: {}", technique, refs, e.toString());
    }
  }

  /** The kernel has the program: the rest of what makes a port closed or in force follows. */
  private void done(Job job, Installed installed) {
    Port port = job.port();
    port.installed = installed;
    port.learning = job.plan().learning();
    port.wanted = job.plan().families();
    try {
      // Asked again at each attempt: it may be back, or the kernel did not answer the last time.
      port.bridged = port.bridged || links.isBridgePort(port.ref);
      if (!port.bridged) {
        throw noBridge(port.ref.id());
      }
      if (!port.grouped) {
        links.join(port.ref);
        port.grouped = true;
      }
      learners.follow(port);
      if (port.takenDown) {
        links.up(port.ref);
        port.takenDown = false;
      }
    } catch (VirtException e) {
      failed(port, e);
      return;
    }
    port.failures = 0;
    boolean waits = port.learning == Learning.LEARNING;
    port.enforcement = waits ? Enforcement.CLOSED : Enforcement.IN_FORCE;
    port.reason = waits ? "waits for the guest's address" : "";
    ports.publish(port);
    port.succeed();
  }

  /** The rules act on what goes through a bridge; beside one they would protect nothing. */
  static VirtException noBridge(PortId port) {
    return new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED,
        "protect " + port + ": it is no port of a bridge, and filters act on these only");
  }

  /** Old rules stay; without any, the link goes down. Tried again later, less and less often. */
  private void failed(Port port, VirtException why) {
    LOG.warn("port {}: {}", port.ref, why.getMessage());
    port.enforcement = Enforcement.FAILED;
    port.reason = why.getMessage();
    if (!port.hasRules() || !port.grouped || !port.bridged) {
      takeDown(port);
    }
    ports.publish(port);
    port.fail(new VirtException(ErrorCode.BUILD_FIREWALL, why.getMessage(), why));
    int doublings = Math.min(port.failures++, MOST_DOUBLINGS);
    loop.schedule(FIRST_RETRY.multipliedBy(1L << doublings), () -> port.dirty = true);
  }

  private void takeDown(Port port) {
    try {
      port.takenDown |= links.down(port.ref);
    } catch (VirtException e) {
      LOG.error("port {} could not be taken down: {}", port.ref, e.getMessage());
      port.reason += "; its link could not be taken down: " + e.getMessage();
    }
  }

  private static VirtException wrapped(String action, Throwable cause) {
    return cause instanceof VirtException known
        ? known
        : new VirtException(ErrorCode.INTERNAL_ERROR, action + ": " + cause, cause);
  }

  /** A port and the program that it should have. */
  private record Job(Port port, Plan plan) {}
}
