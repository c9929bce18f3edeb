package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.VirtException;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.MemoryVerbs.MemoryStat;
import org.virt.api.domain.MemoryVerbs.Tag;
import org.virt.api.domain.StatisticsVerbs.Direction;
import org.virt.api.domain.StatisticsVerbs.InterfaceStats;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Pins;
import org.virt.model.edit.Sizes;

/** Figures of all machines in one pass; what a machine does not answer is left out. */
record Bulk(MachineHost host) implements BulkStatistics {
  private static final Logger LOG = LoggerFactory.getLogger(Bulk.class);

  @Override
  public List<DomainStats> domainStats(
      List<DomainId> domains, Set<StatsGroup> groups, Set<StatsFilter> filters)
      throws VirtException {
    Set<StatsGroup> wanted = groups.isEmpty() ? EnumSet.allOf(StatsGroup.class) : groups;
    List<Machine> machines = new ArrayList<>();
    for (DomainId id : domains) {
      machines.add(host.find(id));
    }
    List<Look> looks = new ArrayList<>();
    for (Machine machine : domains.isEmpty() ? host.all() : machines) {
      DomainSummary summary = machine.summary();
      if (StatsFilter.accepts(filters, summary)) {
        looks.add(look(machine, summary, wanted));
      }
    }
    List<DomainStats> all = new ArrayList<>();
    for (Look look : looks) {
      all.add(new DomainStats(look.machine().id, look.machine().name, figures(look, wanted)));
    }
    return all;
  }

  /**
   * A machine whose figures are asked for.
   *
   * @param run null when it has none
   */
  private record Look(Machine machine, DomainSummary summary, Run run, Questions questions) {}

  /** Asks a machine for all that is needed, and waits for nothing. */
  private static Look look(Machine machine, DomainSummary summary, Set<StatsGroup> wanted) {
    Run run = machine.run();
    if (run == null) {
      return new Look(machine, summary, null, null);
    }
    Questions questions = new Questions(run);
    try {
      if (wanted.contains(StatsGroup.BALLOON)) {
        BalloonVerbs.ask(run, questions);
      }
      if (wanted.contains(StatsGroup.VCPU) && !run.known.hasVcpuThreads()) {
        questions.give("query-cpus-fast", new JsonObject());
      }
      if (wanted.contains(StatsGroup.BLOCK) && hasDisks(run.live.tree())) {
        questions.give("query-blockstats", new JsonObject());
        questions.give("query-block", new JsonObject());
      }
    } catch (VirtException e) {
      LOG.debug("domain {}: figures are missing: {}", machine.name, e.getMessage());
    }
    return new Look(machine, summary, run, questions);
  }

  private static boolean hasDisks(DomainTree tree) {
    return DeviceEdit.all(tree).stream().anyMatch(device -> device.name().equals("disk"));
  }

  private static TypedParameters figures(Look look, Set<StatsGroup> wanted) {
    Machine machine = look.machine();
    DomainSummary summary = look.summary();
    TypedParameters.Builder out = TypedParameters.builder();
    if (wanted.contains(StatsGroup.STATE)) {
      out.integer("state.state", summary.status().state().number());
      out.integer("state.reason", summary.status().reason().number());
    }
    try {
      if (look.run() == null) {
        inactive(DomainTree.of(machine.definition().publicXml()), wanted, out);
      } else {
        active(look, wanted, out);
      }
    } catch (VirtException | RuntimeException e) {
      LOG.debug("domain {}: figures are missing: {}", machine.name, e.getMessage());
    }
    return out.build();
  }

  private static void inactive(
      DomainTree tree, Set<StatsGroup> wanted, TypedParameters.Builder out) {
    if (wanted.contains(StatsGroup.BALLOON)) {
      out.ullong("balloon.current", Sizes.memory(tree));
      out.ullong("balloon.maximum", Sizes.maxMemory(tree));
    }
    if (wanted.contains(StatsGroup.VCPU)) {
      out.uint("vcpu.current", Sizes.vcpus(tree));
      out.uint("vcpu.maximum", Sizes.maxVcpus(tree));
    }
    if (wanted.contains(StatsGroup.BLOCK)) {
      DiskFigures.inactive(tree, out);
    }
  }

  private static void active(Look look, Set<StatsGroup> wanted, TypedParameters.Builder out)
      throws VirtException {
    Run run = look.run();
    DomainTree tree = run.live.tree();
    long process = run.process().id().pid();
    if (wanted.contains(StatsGroup.CPU_TOTAL)) {
      ProcessFigures.Use use = ProcessFigures.use(process);
      out.ullong("cpu.time", use.total());
      out.ullong("cpu.user", use.user());
      out.ullong("cpu.system", use.system());
    }
    if (wanted.contains(StatsGroup.BALLOON)) {
      balloon(look, tree, out);
    }
    if (wanted.contains(StatsGroup.VCPU)) {
      vcpus(look, tree, out);
    }
    if (wanted.contains(StatsGroup.INTERFACE)) {
      interfaces(tree, out);
    }
    if (wanted.contains(StatsGroup.BLOCK)) {
      if (hasDisks(tree)) {
        DiskFigures.active(look.questions(), tree, out);
      } else {
        out.uint("block.count", 0);
      }
    }
    if (wanted.contains(StatsGroup.IOTHREAD)) {
      if (Pins.ioThreadNumbers(tree).isEmpty()) {
        out.uint("iothread.count", 0);
      } else {
        IoThreads.figures(look.questions(), out);
      }
    }
  }

  private static void balloon(Look look, DomainTree tree, TypedParameters.Builder out)
      throws VirtException {
    List<MemoryStat> stats = BalloonVerbs.stats(look.run(), look.questions());
    stats.stream()
        .filter(stat -> stat.tag() == Tag.ACTUAL)
        .forEach(stat -> out.ullong("balloon.current", stat.value()));
    out.ullong("balloon.maximum", Sizes.maxMemory(tree));
    for (MemoryStat stat : stats) {
      if (stat.tag() != Tag.ACTUAL) {
        out.ullong("balloon." + stat.tag().text().replace('_', '-'), stat.value());
      }
    }
  }

  private static void vcpus(Look look, DomainTree tree, TypedParameters.Builder out)
      throws VirtException {
    long process = look.run().process().id().pid();
    out.uint("vcpu.current", Sizes.vcpus(tree));
    out.uint("vcpu.maximum", Sizes.maxVcpus(tree));
    List<Long> threads = CpuVerbs.threads(look.run(), look.questions());
    for (int i = 0; i < threads.size(); i++) {
      if (threads.get(i) > 0) {
        out.integer("vcpu." + i + ".state", 1);
        out.ullong("vcpu." + i + ".time", ProcessFigures.use(process, threads.get(i)).total());
      }
    }
  }

  private static void interfaces(DomainTree tree, TypedParameters.Builder out) {
    List<XmlElement> nics =
        DeviceEdit.all(tree).stream().filter(d -> d.name().equals("interface")).toList();
    out.uint("net.count", nics.size());
    for (int i = 0; i < nics.size(); i++) {
      String name = DeviceEdit.target(nics.get(i));
      try {
        InterfaceStats stats = Figures.interfaceStats(nics.get(i));
        out.string("net." + i + ".name", name);
        direction("net." + i + ".rx.", stats.received(), out);
        direction("net." + i + ".tx.", stats.sent(), out);
      } catch (VirtException e) {
        LOG.debug("interface {}: {}", name, e.getMessage());
      }
    }
  }

  private static void direction(String prefix, Direction direction, TypedParameters.Builder out) {
    out.ullong(prefix + "bytes", direction.bytes());
    out.ullong(prefix + "pkts", direction.packets());
    out.ullong(prefix + "errs", direction.errors());
    out.ullong(prefix + "drop", direction.drops());
  }
}
