package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.driver.qemu.internal.linux.QemuProcess;

/** Keeps what a later runtime needs to know of runs. */
final class RunStates {
  private static final Logger LOG = LoggerFactory.getLogger(RunStates.class);

  private final MachineFiles files;

  RunStates(MachineFiles files) {
    this.files = files;
  }

  /**
   * Saves how a run has come to its state. Where that cannot be kept the verb has been done all the
   * same: a later runtime asks QEMU, and knows the state without its reason.
   */
  void note(Machine machine, Run run) {
    try {
      save(machine, run, RunState.Phase.RUNNING);
    } catch (VirtException e) {
      LOG.warn("domain {}: its state is not kept: {}", machine.name, e.getMessage());
    }
  }

  /** Saves a run as it is now. */
  void save(Machine machine, Run run, RunState.Phase phase) throws VirtException {
    QemuProcess process = run.process();
    files.save(
        new RunState(
            machine.id,
            machine.name,
            run.number,
            MachineFiles.boot(),
            phase,
            Optional.ofNullable(process).map(QemuProcess::id),
            run.paths,
            run.logStart(),
            run.ports,
            new RunState.Loan(
                run.account().map(Account::name).orElse(""),
                run.lent.stream().map(Path::toString).toList()),
            machine.status().reason(),
            run.isRebooting(),
            run.live.secretXml(),
            run.origin));
  }
}
