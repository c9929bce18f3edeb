package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListeners;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.JobVerbs.JobStats;
import org.virt.driver.qemu.internal.linux.QemuProcess;
import org.virt.model.domain.DomainConfig;

/** What is known of one machine. Its state is guarded by itself; who changes it has the gate. */
final class Machine {
  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);
  private static final DomainStatus NEVER_RAN =
      new DomainStatus(DomainState.SHUTOFF, Reason.UNKNOWN);

  final DomainId id;

  /** Changed by a rename only, which has the gate and needs that there is no run. */
  volatile String name;

  final Gate gate;

  private final DomainListeners events;
  private Definition definition;
  private Optional<JobStats> lastJob = Optional.empty();
  private boolean autostart;
  private boolean removed;
  private Run run;
  private Size size;
  private DomainStatus status = NEVER_RAN;

  /** How big a machine is. */
  record Size(long memoryKib, long currentKib, int vcpus) {
    static Size of(DomainConfig config) {
      int vcpus =
          config.vcpu.current == null ? config.vcpu.count() : Integer.parseInt(config.vcpu.current);
      return new Size(config.memory.kib(), config.currentMemory.kib(), vcpus);
    }
  }

  Machine(DomainId id, String name, DomainListeners events) {
    this.id = id;
    this.name = name;
    this.events = events;
    this.gate = new Gate(name);
  }

  synchronized DomainSummary summary() {
    Persistence kept = autostart ? Persistence.AUTOSTART : Persistence.PERSISTENT;
    return new DomainSummary(
        id,
        name,
        run == null ? OptionalInt.empty() : OptionalInt.of(run.number),
        status,
        definition == null ? Persistence.TRANSIENT : kept);
  }

  DomainInfo info() {
    QemuProcess process;
    Size now;
    DomainStatus state;
    synchronized (this) {
      process = run == null ? null : run.process();
      now = run == null && definition != null ? definition.size() : size;
      state = status;
    }
    boolean active = state.state().isActive();
    return new DomainInfo(
        state,
        now.memoryKib(),
        active ? now.currentKib() : 0,
        now.vcpus(),
        process == null ? Duration.ZERO : process.cpuTime());
  }

  synchronized Definition definition() {
    return definition;
  }

  synchronized void definition(Definition kept) {
    definition = kept;
    if (kept == null) {
      autostart = false;
    }
  }

  synchronized boolean isAutostart() {
    return autostart;
  }

  synchronized void autostart(boolean on) {
    autostart = on;
  }

  /** Returns what the last job came to that was done. */
  synchronized Optional<JobStats> lastJob() {
    return lastJob;
  }

  synchronized void lastJob(JobStats done) {
    lastJob = Optional.of(done);
  }

  synchronized Run run() {
    return run;
  }

  synchronized DomainStatus status() {
    return status;
  }

  /** Says whether nothing is left of it: neither definition nor run. */
  synchronized boolean isRemoved() {
    return removed;
  }

  synchronized void remove() {
    removed = true;
  }

  /** Begins a run that nobody is told of yet. */
  synchronized void begin(Run started) {
    run = started;
    size = Size.of(started.live.config());
    status = DomainStatus.of(Reason.STARTING_UP);
  }

  /** Enters a state and tells so, unless the run is another one by now. */
  synchronized void enter(Run which, DomainStatus next, Kind kind) {
    if (run == which) {
      status = next;
      if (kind != null) {
        send(kind, "");
      }
    }
  }

  /** Ends a run and tells so. */
  synchronized void end(Run which, Reason reason, Kind kind, String message) {
    if (run == which) {
      run = null;
      status = DomainStatus.of(reason);
      if (kind != null) {
        send(kind, message);
      }
    }
  }

  /** Notes how a run of an earlier runtime has ended. */
  synchronized void ended(Reason reason) {
    if (run == null) {
      status = DomainStatus.of(reason);
    }
  }

  void send(Kind kind, String message) {
    LOG.info("domain {}: {} {}", name, kind, message);
    events.send(new DomainEvent(id, name, kind, message));
  }

  void send(DomainNotice notice) {
    LOG.debug("domain {}: {}", name, notice);
    events.send(notice);
  }

  DomainNotice.Subject subject() {
    return new DomainNotice.Subject(id, name);
  }

  /** Takes the size of a run that was changed. */
  synchronized void resized(DomainConfig config) {
    size = Size.of(config);
  }

  /** Returns the run, or says that there is none. */
  Run active(String action) throws VirtException {
    Run now = run();
    if (isRemoved()) {
      throw gone(id);
    }
    if (now == null) {
      throw invalid(action, "domain is not running");
    }
    return now;
  }

  VirtException invalid(String action, String reason) {
    return new VirtException(
        ErrorCode.OPERATION_INVALID, action + " domain " + name + ": " + reason);
  }

  /** Returns its XML: that of its run, or of its next start. */
  String xml(XmlView view) throws VirtException {
    Run current = run();
    Definition kept = definition();
    if (current != null && view == XmlView.LIVE) {
      return current.live.xml();
    }
    if (current != null && kept == null) {
      return current.origin;
    }
    if (kept == null) {
      throw gone(id);
    }
    return kept.publicXml();
  }

  static VirtException gone(DomainId id) {
    return new VirtException(
        ErrorCode.NO_DOMAIN, "Domain not found: no domain with matching uuid '" + id + "'");
  }
}
