package org.virt.driver.remote.internal.calls;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.TypedValues;

/** Asks about threads that serve a machine's disks. */
record IoThreadCalls(FarDomain domain) implements IoThreadVerbs {
  @Override
  public List<IoThread> ioThreadInfo(Affects affects) throws VirtException {
    return domain.call("domain_get_iothread_info", affects.bits()).structs("info").stream()
        .map(t -> new IoThread(t.integer("iothread_id"), CpuSet.of(t.bytes("cpumap"))))
        .toList();
  }

  @Override
  public void addIoThread(int number, Affects affects) throws VirtException {
    domain.call("domain_add_iothread", number, affects.bits());
  }

  @Override
  public void delIoThread(int number, Affects affects) throws VirtException {
    domain.call("domain_del_iothread", number, affects.bits());
  }

  @Override
  public void pinIoThread(int number, CpuSet cpus, Affects affects) throws VirtException {
    domain.call("domain_pin_iothread", number, CpuMaps.of(cpus), affects.bits());
  }

  @Override
  public void setIoThreadParams(int number, TypedParameters parameters, Affects affects)
      throws VirtException {
    domain.call(
        "domain_set_iothread_params", number, TypedValues.toXdr(parameters), affects.bits());
  }
}
