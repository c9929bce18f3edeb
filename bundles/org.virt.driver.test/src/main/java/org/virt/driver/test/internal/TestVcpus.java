package org.virt.driver.test.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.VcpuVerbs;
import org.virt.model.edit.Pins;
import org.virt.model.edit.Sizes;

/** Virtual CPUs of one machine. */
final class TestVcpus extends TestEdit implements VcpuVerbs {
  static final CpuSet ALL = CpuSet.first(8);

  TestVcpus(TestHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public void setVcpus(int count, Affects affects, Set<VcpuFlag> flags) throws VirtException {
    boolean most = flags.contains(VcpuFlag.MAXIMUM);
    if (most && affects != Affects.CONFIG) {
      throw host.on(
          id,
          machine ->
              TestHost.invalid(
                  "set vcpus of", machine, "the maximum can be set in the definition only"));
    }
    change(
        "set vcpus of",
        affects,
        tree -> {
          if (most) {
            Sizes.maxVcpus(tree, count);
          } else {
            Sizes.vcpus(tree, count);
          }
        });
  }

  @Override
  public int vcpusFlags(Affects affects, Set<VcpuFlag> flags) throws VirtException {
    return look(
        "get vcpus of",
        affects,
        tree -> flags.contains(VcpuFlag.MAXIMUM) ? Sizes.maxVcpus(tree) : Sizes.vcpus(tree));
  }

  @Override
  public List<Vcpu> vcpus() throws VirtException {
    List<CpuSet> pins = vcpuPinInfo(Affects.LIVE);
    int count = vcpusFlags(Affects.LIVE, Set.of());
    long seconds = host.on(id, TestMachine::seconds);
    List<Vcpu> all = new ArrayList<>();
    for (int vcpu = 0; vcpu < count; vcpu++) {
      CpuSet affinity = pins.get(vcpu);
      int cpu = affinity.cpus().first();
      all.add(new Vcpu(vcpu, State.RUNNING, Duration.ofSeconds(seconds).toNanos(), cpu, affinity));
    }
    return all;
  }

  @Override
  public List<CpuSet> vcpuPinInfo(Affects affects) throws VirtException {
    return look("get vcpu pinning of", affects, tree -> Pins.vcpus(tree, ALL));
  }

  @Override
  public void pinVcpu(int vcpu, CpuSet cpus, Affects affects) throws VirtException {
    change("pin a vcpu of", affects, tree -> Pins.pinVcpu(tree, vcpu, cpus));
  }

  @Override
  public CpuSet emulatorPinInfo(Affects affects) throws VirtException {
    return look("get emulator pinning of", affects, tree -> Pins.emulator(tree, ALL));
  }

  @Override
  public void pinEmulator(CpuSet cpus, Affects affects) throws VirtException {
    change("pin the emulator of", affects, tree -> Pins.pinEmulator(tree, cpus));
  }
}
