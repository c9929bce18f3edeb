package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;

/**
 * Brings what is known of a run in line with what QEMU says, and carries out what the definition
 * wants done when the guest has powered itself off or crashed. It asks QEMU rather than count its
 * events: so it does not matter whether some were missed while no runtime was there.
 */
final class Observer {
  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

  private static final Duration RESET_LIMIT = Duration.ofSeconds(5);
  private static final Duration END_LIMIT = Duration.ofSeconds(1);

  private final Ender ender;
  private final RunStates states;

  Observer(Ender ender, RunStates states) {
    this.ender = ender;
    this.states = states;
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
    switch (run.live.config().onCrash) {
      case "restart" -> restart(machine, run);
      case "preserve" -> LOG.info("domain {}: kept as it is, crashed", machine.name);
      default -> ender.quit(machine, run, Reason.PROCESS_CRASHED);
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
}
