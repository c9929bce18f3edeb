package org.virt.driver.esx.internal;

import java.util.function.Consumer;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;

/** Changes the size of machines: definition and run are one thing here. */
final class Resize {
  private final Machines machines;
  private final Tasks tasks;

  Resize(Machines machines, Tasks tasks) {
    this.machines = machines;
    this.tasks = tasks;
  }

  /** Changes a machine, whether it runs or not; the host says where that is impossible. */
  void change(String action, DomainId id, Affects affects, Consumer<Body> values)
      throws VirtException {
    Found found = machines.get(action, id, Machines.STATE);
    boolean active = !found.text(Machines.STATE).equals(Power.OFF);
    if (affects == Affects.LIVE && !active) {
      throw new VirtException(ErrorCode.OPERATION_INVALID, action + ": domain is not running");
    }
    if (affects == Affects.CONFIG && active) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED,
          action + ": a running machine of VMware has no other definition");
    }
    Body body = new Body().open("spec");
    values.accept(body);
    tasks.run(action, "ReconfigVM_Task", found.ref(), body.close("spec"));
  }
}
