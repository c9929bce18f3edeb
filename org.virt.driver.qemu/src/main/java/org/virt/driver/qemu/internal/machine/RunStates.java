package org.virt.driver.qemu.internal.machine;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.QemuProcess;

/** Keeps what a later runtime needs to know of runs. */
final class RunStates {
  private final MachineFiles files;

  RunStates(MachineFiles files) {
    this.files = files;
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
            machine.status().reason(),
            run.isRebooting(),
            run.secretXml(),
            run.origin()));
  }
}
