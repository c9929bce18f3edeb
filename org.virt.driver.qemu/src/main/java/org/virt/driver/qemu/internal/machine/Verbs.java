package org.virt.driver.qemu.internal.machine;

import java.util.Set;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs.DestroyFlag;
import org.virt.model.domain.DomainConfig;

/** What can be asked of a machine that runs. */
final class Verbs {
  private final MachineHost host;
  private final RunStates states;
  private final Ender ender;

  Verbs(MachineHost host, RunStates states, Ender ender) {
    this.host = host;
    this.states = states;
    this.ender = ender;
  }

  void shutdown(DomainId id) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("shut down")) {
      Run run = machine.active("shut down");
      powerButton("shut down", machine, run);
      noReboot(machine, run);
    }
  }

  /** Takes the next power-off of a guest for what it is, not for half of a reboot. */
  void noReboot(DomainId id) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("shut down")) {
      noReboot(machine, machine.active("shut down"));
    }
  }

  private void noReboot(Machine machine, Run run) throws VirtException {
    if (run.isRebooting()) {
      run.rebooting(false);
      states.save(machine, run, RunState.Phase.RUNNING);
    }
  }

  void reboot(DomainId id) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("reboot")) {
      Run run = machine.active("reboot");
      // Kept first: the guest may be down before this runtime is back from a crash.
      run.rebooting(true);
      states.save(machine, run, RunState.Phase.RUNNING);
      powerButton("reboot", machine, run);
    }
  }

  private static void powerButton(String action, Machine machine, Run run) throws VirtException {
    DomainConfig config = run.live.config();
    if (config.features == null || config.features.acpi == null) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          action
              + " domain "
              + machine.name
              + ": it has no ACPI, so no power button; add <acpi/> to its features");
    }
    run.execute("system_powerdown");
  }

  void reset(DomainId id) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("reset")) {
      machine.active("reset").execute("system_reset");
    }
  }

  void suspend(DomainId id) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("suspend")) {
      Run run = machine.active("suspend");
      switch (machine.status().state()) {
        case RUNNING -> {
          run.execute("stop");
          machine.enter(run, DomainStatus.of(Reason.PAUSED_BY_USER), Kind.SUSPENDED_PAUSED);
          states.note(machine, run);
        }
        case PAUSED -> {
          // It is what was asked for.
        }
        default -> throw machine.invalid("suspend", "domain is " + machine.status().state().text());
      }
    }
  }

  void resume(DomainId id) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("resume")) {
      Run run = machine.active("resume");
      DomainState state = machine.status().state();
      if (state == DomainState.RUNNING) {
        throw machine.invalid("resume", "domain is already running");
      }
      if (state != DomainState.PAUSED) {
        throw machine.invalid("resume", "domain is " + state.text());
      }
      run.execute("cont");
      machine.enter(run, DomainStatus.of(Reason.UNPAUSED), Kind.RESUMED_UNPAUSED);
      states.note(machine, run);
    }
  }

  void destroy(DomainId id) throws VirtException {
    destroy(id, Set.of());
  }

  void destroy(DomainId id, Set<DestroyFlag> flags) throws VirtException {
    Machine machine = host.find(id);
    Run now = machine.run();
    Job job = now == null ? null : now.job();
    if (job != null) {
      // Whoever holds the gate for it lets go then.
      job.cancel();
    }
    try (Gate.Pass pass = machine.gate.enter("destroy")) {
      Run run = machine.active("destroy");
      ender.quit(machine, run, Reason.DESTROYED, flags);
      if (flags.contains(DestroyFlag.REMOVE_LOGS)) {
        MachineFiles.delete(run.paths.log());
      }
    }
  }
}
