package org.virt.driver.esx.internal;

import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.VcpuVerbs;

/** Virtual CPUs of one machine. */
final class Vcpus implements VcpuVerbs {
  private final Resize resize;
  private final Machines machines;
  private final DomainId id;

  Vcpus(Resize resize, Machines machines, DomainId id) {
    this.resize = resize;
    this.machines = machines;
    this.id = id;
  }

  @Override
  public void setVcpus(int count, Affects affects, Set<VcpuFlag> flags) throws VirtException {
    String action = "set virtual CPUs of domain " + id;
    if (count < 1) {
      throw new VirtException(ErrorCode.INVALID_ARG, action + ": " + count + " is less than 1");
    }
    if (!flags.isEmpty()) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED, action + ": there is one number, without " + flags);
    }
    resize.change(action, id, affects, body -> body.text("numCPUs", count));
  }

  @Override
  public int vcpusFlags(Affects affects, Set<VcpuFlag> flags) throws VirtException {
    return machines.info(id).vcpus();
  }
}
