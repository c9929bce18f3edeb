package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs.DestroyFlag;
import org.virt.driver.qemu.internal.qmp.QmpMonitor;

/** Ends machines, and removes what they leave on the host. */
final class Ender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ender.class);

  /** QEMU quits within 4 ms; one that does not answer by then is killed. */
  private static final Duration QUIT_LIMIT = Duration.ofMillis(500);

  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(1);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  /** The operator's programs may take their time once QEMU is dead. */
  private static final Duration CLEAN_LIMIT = Duration.ofMinutes(15);

  private static final int REMOVERS = 4;

  private final Ports ports;
  private final Groups groups;
  private final FileOwners owners;
  private final MachineHooks scripts;
  private final ThreadPoolExecutor removers = Threads.pool("virt-qemu-ports", REMOVERS);

  Ender(Ports ports, Groups groups, FileOwners owners, MachineHooks scripts) {
    this.ports = ports;
    this.groups = groups;
    this.owners = owners;
    this.scripts = scripts;
  }

  /**
   * Ends a run and waits for its end; the caller has the machine's gate.
   *
   * @param reason what the end is told to be
   */
  void quit(Machine machine, Run run, Reason reason) throws VirtException {
    quit(machine, run, reason, Set.of());
  }

  /** As the other, with a {@code GRACEFUL} end or none. */
  void quit(Machine machine, Run run, Reason reason, Set<DestroyFlag> flags) throws VirtException {
    run.expect(reason);
    try {
      QmpMonitor monitor = run.connect();
      monitor.execute("quit", QUIT_LIMIT);
      // The kernel takes 20 ms to remove a tap: it does so while QEMU ends. Not sooner, or QEMU
      // is busy with the error of its tap.
      removePorts(run);
      if (Waiting.await(run.dead, LEAVE_LIMIT)) {
        Waiting.await(run.ended, CLEAN_LIMIT);
        return;
      }
    } catch (VirtException e) {
      // It ends without having answered, or does not answer any more.
      LOG.debug("domain {}: {}", machine.name, e.getMessage());
    }
    if (flags.contains(DestroyFlag.GRACEFUL)) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "destroy domain " + machine.name + ": QEMU does not end when it is told to");
    }
    run.process().kill();
    if (!Waiting.await(run.dead, KILL_LIMIT)) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "destroy domain " + machine.name + ": process " + run.process().id().pid() + " stays");
    }
    Waiting.await(run.ended, CLEAN_LIMIT);
  }

  /** Takes note of the end of a run's process. */
  void ended(Machine machine, Run run) {
    run.release();
    scripts.stopped(run.live.config());
    Waiting.await(removePorts(run), KILL_LIMIT);
    owners.giveBack(run.id, run.lent);
    groups.remove(run.id);
    MachineFiles.deleteRun(run.paths);
    scripts.release(run.live.config());
    Reason reason = run.expected() == null ? Reason.PROCESS_CRASHED : run.expected();
    String message = "";
    if (run.expected() == null) {
      message = MachineLog.tail(run.paths.log(), run.logStart());
    }
    MachineLog.add(run.paths.log(), "shutting down, reason=" + reason.text());
    machine.end(run, reason, kind(reason), message);
  }

  private CompletableFuture<Void> removePorts(Run run) {
    return run.removal(() -> beginRemoval(run));
  }

  private CompletableFuture<Void> beginRemoval(Run run) {
    Runnable work = () -> run.ports.forEach(ports::remove);
    try {
      if (!run.ports.isEmpty()) {
        return CompletableFuture.runAsync(work, removers);
      }
    } catch (RejectedExecutionException e) {
      // The driver stops meanwhile; this end is still seen to.
      work.run();
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    removers.shutdown();
  }

  private static Kind kind(Reason reason) {
    return switch (reason) {
      case SHUT_DOWN -> Kind.STOPPED_SHUTDOWN;
      case DESTROYED -> Kind.STOPPED_DESTROYED;
      case SAVED -> Kind.STOPPED_SAVED;
      case START_FAILED -> Kind.STOPPED_FAILED;
      default -> Kind.STOPPED_CRASHED;
    };
  }
}
