package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Pins;
import org.virt.model.edit.Sizes;
import org.virt.model.edit.Vcpus;

/** Virtual CPUs of one machine. */
final class CpuVerbs extends Edits implements VcpuVerbs {
  CpuVerbs(MachineHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public void setVcpus(int count, Affects affects, Set<VcpuFlag> flags) throws VirtException {
    if (flags.contains(VcpuFlag.GUEST)) {
      guest().setVcpus(count);
      return;
    }
    if (flags.contains(VcpuFlag.MAXIMUM)) {
      change(
          "set maximum vcpus of",
          affects,
          tree -> Sizes.maxVcpus(tree, count),
          Live.impossible("maximum vcpu count of a live domain can't be modified"));
      return;
    }
    boolean pluggable = flags.contains(VcpuFlag.HOTPLUGGABLE);
    change(
        "set vcpus of",
        affects,
        new Both(
            tree -> count(tree, count, "live", true),
            tree -> count(tree, count, "persistent", pluggable)),
        run -> become(run, tree -> Vcpus.countLive(tree, count)));
  }

  private static void count(DomainTree tree, int count, String where, boolean pluggable)
      throws VirtException {
    int most = Sizes.maxVcpus(tree);
    if (count > most) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "requested vcpus is greater than max allowable vcpus for the %s domain: %d > %d"
              .formatted(where, count, most));
    }
    if (where.equals("live")) {
      Vcpus.countLive(tree, count);
    } else if (pluggable || Vcpus.areListed(tree)) {
      Vcpus.count(tree, count, pluggable);
    } else {
      Sizes.vcpus(tree, count);
    }
  }

  /** Has a run have the virtual CPUs that its changed configuration tells, with their shares. */
  private void become(Run run, Change change) throws VirtException {
    DomainTree tree = DomainTree.of(run.live.xml());
    change.apply(tree);
    new VcpuPlug(run).become(tree);
    Schedulers.apply(run, run.live.tree());
    host.groups().place(run, run.live.tree());
  }

  private GuestCpus guest() throws VirtException {
    return new GuestCpus(new Agent(host.find(id).active("ask the agent of")));
  }

  @Override
  public int vcpusFlags(Affects affects, Set<VcpuFlag> flags) throws VirtException {
    if (flags.contains(VcpuFlag.GUEST)) {
      return guest().online();
    }
    return look(
        "get vcpus of",
        affects,
        tree -> flags.contains(VcpuFlag.MAXIMUM) ? Sizes.maxVcpus(tree) : Sizes.vcpus(tree));
  }

  @Override
  public TypedParameters guestVcpus() throws VirtException {
    return guest().parameters();
  }

  @Override
  public void setGuestVcpus(CpuSet vcpus, Plug plug) throws VirtException {
    guest().set(vcpus, plug);
  }

  /** The thread of each virtual CPU that there is, by its number. */
  static List<Long> threads(Run run, Asking asking) throws VirtException {
    return run.known.vcpuThreads(() -> ask(asking));
  }

  static List<Long> threads(Run run) throws VirtException {
    return threads(run, run);
  }

  private static List<Long> ask(Asking run) throws VirtException {
    List<Long> threads = new ArrayList<>();
    for (JsonElement cpu : Json.array(run.execute("query-cpus-fast"))) {
      int number = (int) Json.number(cpu, "cpu-index");
      while (threads.size() <= number) {
        threads.add(0L);
      }
      threads.set(number, Json.number(cpu, "thread-id"));
    }
    return threads;
  }

  @Override
  public List<Vcpu> vcpus() throws VirtException {
    Run run = host.find(id).active("get vcpus of");
    long process = run.process().id().pid();
    List<Vcpu> all = new ArrayList<>();
    List<Long> threads = threads(run);
    for (int i = 0; i < threads.size(); i++) {
      long thread = threads.get(i);
      if (thread > 0) {
        ProcessFigures.Use use = ProcessFigures.use(process, thread);
        CpuSet affinity = ProcessFigures.affinity(process, thread);
        all.add(new Vcpu(i, State.RUNNING, use.total(), use.cpu(), affinity));
      }
    }
    return all;
  }

  static CpuSet hostCpus() {
    return CpuSet.first(Runtime.getRuntime().availableProcessors());
  }

  @Override
  public List<CpuSet> vcpuPinInfo(Affects affects) throws VirtException {
    return look("get vcpu pinning of", affects, tree -> Pins.vcpus(tree, hostCpus()));
  }

  @Override
  public void pinVcpu(int vcpu, CpuSet cpus, Affects affects) throws VirtException {
    change(
        "pin a vcpu of",
        affects,
        tree -> Pins.pinVcpu(tree, vcpu, cpus),
        run -> pinThread(run, vcpu, cpus));
  }

  private static void pinThread(Run run, int vcpu, CpuSet cpus) throws VirtException {
    List<Long> threads = threads(run);
    if (vcpu < threads.size() && threads.get(vcpu) > 0) {
      ProcessFigures.pin(threads.get(vcpu), cpus);
    }
  }

  @Override
  public CpuSet emulatorPinInfo(Affects affects) throws VirtException {
    return look("get emulator pinning of", affects, tree -> Pins.emulator(tree, hostCpus()));
  }

  @Override
  public void pinEmulator(CpuSet cpus, Affects affects) throws VirtException {
    change(
        "pin the emulator of",
        affects,
        tree -> Pins.pinEmulator(tree, cpus),
        run -> pinRest(run, cpus));
  }

  /** Pins what is neither a virtual CPU nor a thread for disks. */
  private static void pinRest(Run run, CpuSet cpus) throws VirtException {
    List<Long> own = new ArrayList<>(threads(run));
    own.addAll(IoThreads.threads(run).values());
    for (long thread : ProcessFigures.threads(run.process().id().pid())) {
      if (!own.contains(thread)) {
        ProcessFigures.pin(thread, cpus);
      }
    }
  }

  /** Has a run that starts run where and how its configuration says. */
  static void pinAll(Run run) throws VirtException {
    DomainTree known = run.live.tree();
    boolean pinned = known.find("vcpu").filter(v -> v.attribute("cpuset") != null).isPresent();
    if (known.find("cputune").isEmpty() && !pinned) {
      return;
    }
    DomainTree tree = DomainTree.of(run.live.xml());
    pinRest(run, Pins.emulator(tree, hostCpus()));
    List<CpuSet> pins = Pins.vcpus(tree, hostCpus());
    for (int vcpu = 0; vcpu < pins.size(); vcpu++) {
      pinThread(run, vcpu, pins.get(vcpu));
    }
    IoThreads.pinAll(run, tree);
    Schedulers.apply(run, tree);
  }

  @Override
  public void setVcpu(CpuSet vcpus, Plug plug, Affects affects) throws VirtException {
    change(
        "set vcpus of",
        affects,
        new Both(
            tree -> Vcpus.setLive(tree, vcpus, plug), tree -> Vcpus.setKept(tree, vcpus, plug)),
        run -> become(run, tree -> Vcpus.setLive(tree, vcpus, plug)));
  }
}
