package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.Flag;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.rpc.XdrStruct;

/** Asks about a machine's virtual CPUs. */
record VcpuCalls(FarDomain domain) implements VcpuVerbs {
  @Override
  public void setVcpus(int count, Affects affects, Set<VcpuFlag> flags) throws VirtException {
    domain.call("domain_set_vcpus_flags", count, affects.bits() | Flag.word(flags));
  }

  @Override
  public int vcpusFlags(Affects affects, Set<VcpuFlag> flags) throws VirtException {
    return domain.call("domain_get_vcpus_flags", affects.bits() | Flag.word(flags)).integer("num");
  }

  @Override
  public List<Vcpu> vcpus() throws VirtException {
    int count = domain.call("domain_get_info").integer("nrVirtCpu");
    int length = mapLength();
    XdrStruct answer = domain.call("domain_get_vcpus", count, length);
    List<CpuSet> maps = CpuMaps.split(answer.bytes("cpumaps"), length);
    List<Vcpu> vcpus = new ArrayList<>();
    for (XdrStruct one : answer.structs("info")) {
      int place = vcpus.size();
      vcpus.add(
          new Vcpu(
              one.integer("number"),
              Enums.at(State.values(), one.integer("state")),
              one.wide("cpu_time"),
              one.integer("cpu"),
              place < maps.size() ? maps.get(place) : CpuSet.first(0)));
    }
    return vcpus;
  }

  @Override
  public List<CpuSet> vcpuPinInfo(Affects affects) throws VirtException {
    int count = vcpusFlags(affects, Set.of(VcpuFlag.MAXIMUM));
    int length = mapLength();
    XdrStruct answer = domain.call("domain_get_vcpu_pin_info", count, length, affects.bits());
    List<CpuSet> maps = CpuMaps.split(answer.bytes("cpumaps"), length);
    return maps.subList(0, Math.min(maps.size(), Math.max(answer.integer("num"), 0)));
  }

  @Override
  public void pinVcpu(int vcpu, CpuSet cpus, Affects affects) throws VirtException {
    domain.call("domain_pin_vcpu_flags", vcpu, CpuMaps.of(cpus), affects.bits());
  }

  @Override
  public CpuSet emulatorPinInfo(Affects affects) throws VirtException {
    return CpuSet.of(
        domain.call("domain_get_emulator_pin_info", mapLength(), affects.bits()).bytes("cpumaps"));
  }

  @Override
  public void pinEmulator(CpuSet cpus, Affects affects) throws VirtException {
    domain.call("domain_pin_emulator", CpuMaps.of(cpus), affects.bits());
  }

  @Override
  public void setVcpu(CpuSet vcpus, Plug plug, Affects affects) throws VirtException {
    domain.call("domain_set_vcpu", vcpus.toString(), plug.ordinal(), affects.bits());
  }

  @Override
  public TypedParameters guestVcpus() throws VirtException {
    return Parameters.of(domain.call("domain_get_guest_vcpus", 0));
  }

  @Override
  public void setGuestVcpus(CpuSet vcpus, Plug plug) throws VirtException {
    domain.call("domain_set_guest_vcpus", vcpus.toString(), plug.ordinal(), 0);
  }

  private int mapLength() throws VirtException {
    return CpuMaps.length(new HostCalls(domain.far()).cpus());
  }
}
