package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs.JobOperation;
import org.virt.api.domain.SaveVerbs.DumpFormat;

/**
 * Brings what is known of a run in line with what QEMU says, and carries out what the definition
 * wants done when the guest has powered itself off or crashed. It asks QEMU rather than count its
 * events: so it does not matter whether some were missed while no runtime was there.
 */
final class Observer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

  private static final Duration RESET_LIMIT = Duration.ofSeconds(5);
  private static final Duration END_LIMIT = Duration.ofSeconds(1);

  /** Begins the actions that write the guest's memory down before they do what is said behind. */
  private static final String DUMP = "coredump-";

  private static final int DUMPERS = 2;

  private final Ender ender;
  private final RunStates states;
  private final MachineFiles files;

  /** Dumps take long: nobody else waits for them. */
  private final ThreadPoolExecutor dumps = Threads.pool("virt-qemu-dump", DUMPERS);

  Observer(Ender ender, RunStates states, MachineFiles files) {
    this.ender = ender;
    this.states = states;
    this.files = files;
  }

  /** Looks at a run; the caller has the machine's gate. */
  void look(Machine machine, Run run) {
    if (machine.run() != run || run.dead.isDone() || run.isReleased()) {
      return;
    }
    try {
      apply(machine, run, LiveConfig.status(run.execute("query-status")));
    } catch (VirtException e) {
      // A QEMU that ends closes its monitor first.
      if (!run.isReleased() && !Waiting.await(run.dead, END_LIMIT)) {
        LOG.warn("domain {}: its state is not known: {}", machine.name, e.getMessage());
      }
    }
  }

  private void apply(Machine machine, Run run, String qemu) throws VirtException {
    DomainState known = machine.status().state();
    switch (qemu) {
      case "running" -> {
        if (known != DomainState.RUNNING) {
          machine.enter(run, DomainStatus.of(Reason.UNPAUSED), Kind.RESUMED_UNPAUSED);
        }
      }
      case "io-error" -> pause(machine, run, Reason.PAUSED_BY_IO_ERROR, Kind.SUSPENDED_IO_ERROR);
      case "watchdog" -> pause(machine, run, Reason.PAUSED_BY_WATCHDOG, Kind.SUSPENDED_WATCHDOG);
      case "suspended" ->
          machine.enter(run, new DomainStatus(DomainState.PMSUSPENDED, Reason.UNKNOWN), null);
      case "guest-panicked" -> panicked(machine, run);
      case "shutdown" -> poweredOff(machine, run);
      default -> pause(machine, run, Reason.PAUSED_BY_USER, Kind.SUSPENDED_PAUSED);
    }
  }

  private static void pause(Machine machine, Run run, Reason reason, Kind kind) {
    if (machine.status().state() != DomainState.PAUSED) {
      machine.enter(run, DomainStatus.of(reason), kind);
    }
  }

  private void poweredOff(Machine machine, Run run) throws VirtException {
    if (machine.status().state() == DomainState.SHUTDOWN) {
      return;
    }
    if (run.isRebooting()) {
      restart(machine, run);
      return;
    }
    String action = run.hasReset() ? run.live.config().onReboot : run.live.config().onPoweroff;
    machine.enter(run, DomainStatus.of(Reason.SHUTDOWN_BY_USER), Kind.SHUTDOWN_FINISHED);
    switch (action) {
      case "restart" -> restart(machine, run);
      case "preserve" -> LOG.info("domain {}: kept as it is, powered off", machine.name);
      default -> ender.quit(machine, run, Reason.SHUT_DOWN);
    }
  }

  private void panicked(Machine machine, Run run) throws VirtException {
    if (machine.status().reason() == Reason.GUEST_CRASHED) {
      return;
    }
    machine.enter(run, DomainStatus.of(Reason.GUEST_CRASHED), Kind.CRASHED_PANICKED);
    String action = run.live.config().onCrash;
    if (action.startsWith(DUMP)) {
      String then = action.substring(DUMP.length());
      dumps.execute(() -> dumpThen(machine, run, then));
    } else {
      crashed(machine, run, action);
    }
  }

  private void crashed(Machine machine, Run run, String action) throws VirtException {
    switch (action) {
      case "restart" -> restart(machine, run);
      case "preserve" -> LOG.info("domain {}: kept as it is, crashed", machine.name);
      default -> ender.quit(machine, run, Reason.PROCESS_CRASHED);
    }
  }

  /** Writes down a crashed guest's memory, which takes long, before anything else is done to it. */
  private void dumpThen(Machine machine, Run run, String action) {
    try (Gate.Pass pass = machine.gate.enter("dump")) {
      if (machine.run() == run && machine.status().reason() == Reason.GUEST_CRASHED) {
        dump(machine, run);
        crashed(machine, run, action);
      }
    } catch (VirtException e) {
      LOG.warn("domain {}: after its crash: {}", machine.name, e.getMessage());
    }
  }

  /** A machine whose memory cannot be written down ends, or starts anew, all the same. */
  private void dump(Machine machine, Run run) {
    Path file = files.dump(machine.name, Instant.now());
    try {
      new MemoryDump(run).write(file, DumpFormat.RAW, new Job(JobOperation.DUMP));
      LOG.info("domain {}: its memory when it crashed is in {}", machine.name, file);
    } catch (VirtException e) {
      LOG.warn("domain {}: its memory is not dumped: {}", machine.name, e.getMessage());
    }
  }

  /** Boots the guest anew, in the same process. */
  private void restart(Machine machine, Run run) throws VirtException {
    boolean asked = run.isRebooting();
    run.rebooting(false);
    try (QmpEvents.Wait done = run.events.expect(event -> event.name().equals("RESET"))) {
      run.execute("system_reset");
      done.await(RESET_LIMIT); // one that is still to come stops the virtual CPUs
    }
    run.execute("cont");
    machine.enter(run, DomainStatus.of(Reason.BOOTED), null);
    if (asked) {
      states.save(machine, run, RunState.Phase.RUNNING);
    }
  }

  @Override
  public void close() {
    dumps.shutdown();
  }
}
