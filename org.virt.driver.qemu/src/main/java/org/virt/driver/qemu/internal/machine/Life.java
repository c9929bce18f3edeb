package org.virt.driver.qemu.internal.machine;

import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.LifeVerbs;
import org.virt.driver.qemu.internal.board.IdentityPart;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.model.edit.EndActions;

/** Starting and ending one machine otherwise than plainly. */
final class Life extends Edits implements LifeVerbs {
  private final Mortals mortals;

  Life(MachineHost host, DomainId id, Mortals mortals) {
    super(host, id);
    this.mortals = mortals;
  }

  @Override
  public void create(Set<StartFlag> flags) throws VirtException {
    host.starts().start(id, flags);
    mortals.started(host.find(id), flags);
  }

  @Override
  public void shutdown(Set<ShutdownMode> modes) throws VirtException {
    ask("shut down", modes, "powerdown", host.verbs()::shutdown);
  }

  @Override
  public void reboot(Set<ShutdownMode> modes) throws VirtException {
    ask("reboot", modes, "reboot", host.verbs()::reboot);
  }

  /** Asks a guest by its power button. */
  @FunctionalInterface
  private interface Button {
    void press(DomainId id) throws VirtException;
  }

  /** Asks by the agent where that is wanted or possible, else by the power button. */
  private void ask(String action, Set<ShutdownMode> modes, String mode, Button button)
      throws VirtException {
    boolean any = modes.isEmpty();
    boolean agent = modes.contains(ShutdownMode.AGENT) || any && hasAgent(action);
    boolean acpi = modes.contains(ShutdownMode.ACPI) || any;
    if (!agent && !acpi) {
      throw host.find(id).invalid(action, "QEMU knows the modes acpi and agent only");
    }
    if (agent) {
      try {
        if (mode.equals("powerdown")) {
          host.verbs().noReboot(id);
        }
        new Agent(host.find(id).active(action)).order("guest-shutdown", "mode", mode);
        return;
      } catch (VirtException e) {
        if (!acpi) {
          throw e;
        }
      }
    }
    button.press(id);
  }

  private boolean hasAgent(String action) throws VirtException {
    return Agent.isConnected(host.find(id).active(action));
  }

  @Override
  public void destroy(Set<DestroyFlag> flags) throws VirtException {
    host.verbs().destroy(id, flags);
  }

  @Override
  public void undefine(Set<UndefineFlag> flags) throws VirtException {
    host.definitions().undefine(id, flags);
  }

  @Override
  public void rename(String name) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("rename")) {
      if (machine.run() != null) {
        throw machine.invalid("rename", "cannot rename active domain");
      }
      if (machine.definition() == null) {
        throw machine.invalid("rename", "cannot rename a transient domain");
      }
      host.rename(machine, name);
    }
  }

  @Override
  public void setLifecycleAction(Occasion occasion, Outcome outcome, Affects affects)
      throws VirtException {
    change(
        "set lifecycle action of",
        affects,
        tree -> {
          EndActions.write(tree, occasion, outcome);
          IdentityPart.completeActions(Guest.of(tree.root()).root());
        },
        run -> act(run, occasion, outcome));
  }

  /** The driver itself decides on all but a reset, of which QEMU has to know whether it ends it. */
  private static void act(Run run, Occasion occasion, Outcome outcome) throws VirtException {
    if (occasion == Occasion.REBOOT) {
      String action = outcome == Outcome.RESTART ? "reset" : "shutdown";
      run.execute("set-action", Json.object("reboot", action));
    }
  }

  @Override
  public boolean isUpdated() throws VirtException {
    Machine machine = host.find(id);
    Run run = machine.run();
    Definition kept = machine.definition();
    return run != null && kept != null && !kept.publicXml().equals(run.origin);
  }

  @Override
  public void pmSuspend(SleepTarget target) throws VirtException {
    String command =
        switch (target) {
          case MEM -> "guest-suspend-ram";
          case DISK -> "guest-suspend-disk";
          case HYBRID -> "guest-suspend-hybrid";
        };
    new Agent(host.find(id).active("suspend")).order(command);
  }

  @Override
  public void pmWakeup() throws VirtException {
    Machine machine = host.find(id);
    Run run = machine.active("wake up");
    if (machine.status().state() != org.virt.api.DomainState.PMSUSPENDED) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "wake up domain " + machine.name + ": it does not sleep");
    }
    run.execute("system_wakeup");
  }
}
