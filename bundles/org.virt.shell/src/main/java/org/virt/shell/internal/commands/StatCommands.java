package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.BulkStatistics.DomainStats;
import org.virt.api.domain.BulkStatistics.StatsFilter;
import org.virt.api.domain.BulkStatistics.StatsGroup;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.StatisticsVerbs.BlockInfo;
import org.virt.api.domain.StatisticsVerbs.ControlInfo;
import org.virt.api.domain.StatisticsVerbs.Direction;
import org.virt.api.domain.StatisticsVerbs.InterfaceStats;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;

/** Commands that show what machines have used. */
public final class StatCommands {
  private static final double SECOND = 1e9;
  private static final int KIB = 1024;

  /** Names of figures of disks, as virsh prints them short and long, in its order. */
  private static final List<List<String>> BLOCK =
      List.of(
          List.of("rd_operations", "rd_req", " number of read operations:     "),
          List.of("rd_bytes", "rd_bytes", " number of bytes read:          "),
          List.of("wr_operations", "wr_req", " number of write operations:    "),
          List.of("wr_bytes", "wr_bytes", " number of bytes written:       "),
          List.of("errs", "errs", " error count:                   "),
          List.of("flush_operations", "flush_operations", " number of flush operations:    "),
          List.of("rd_total_times", "rd_total_times", " total duration of reads (ns):  "),
          List.of("wr_total_times", "wr_total_times", " total duration of writes (ns): "),
          List.of("flush_total_times", "flush_total_times", " total duration of flushes (ns):"));

  private static final Map<String, StatsGroup> GROUPS =
      Map.ofEntries(
          Map.entry("state", StatsGroup.STATE),
          Map.entry("cpu-total", StatsGroup.CPU_TOTAL),
          Map.entry("balloon", StatsGroup.BALLOON),
          Map.entry("vcpu", StatsGroup.VCPU),
          Map.entry("interface", StatsGroup.INTERFACE),
          Map.entry("block", StatsGroup.BLOCK),
          Map.entry("perf", StatsGroup.PERF),
          Map.entry("iothread", StatsGroup.IOTHREAD),
          Map.entry("memory", StatsGroup.MEMORY),
          Map.entry("dirtyrate", StatsGroup.DIRTYRATE),
          Map.entry("vm", StatsGroup.VM));

  private static final Map<String, StatsFilter> FILTERS =
      Map.ofEntries(
          Map.entry("list-active", StatsFilter.ACTIVE),
          Map.entry("list-inactive", StatsFilter.INACTIVE),
          Map.entry("list-persistent", StatsFilter.PERSISTENT),
          Map.entry("list-transient", StatsFilter.TRANSIENT),
          Map.entry("list-running", StatsFilter.RUNNING),
          Map.entry("list-paused", StatsFilter.PAUSED),
          Map.entry("list-shutoff", StatsFilter.SHUTOFF),
          Map.entry("list-other", StatsFilter.OTHER),
          Map.entry("nowait", StatsFilter.NOWAIT),
          Map.entry("backing", StatsFilter.BACKING),
          Map.entry("enforce", StatsFilter.ENFORCE));

  /** Returns the commands. */
  public List<Command> commands() {
    Command.Builder all =
        Command.named("domstats", Group.MONITOR, "show figures of several domains")
            .optionals("domain", Verbs.ANY, Values.DOMAIN);
    GROUPS.keySet().stream().sorted().forEach(g -> all.flag(g, "figures of the group " + g));
    FILTERS.keySet().stream()
        .sorted()
        .forEach(f -> all.flag(f, f.replace("list-", "those of state ")));
    return List.of(
        all.flag("raw", "without names for numbers").does(this::all),
        monitor("domblkstat", "show what a disk has read and written")
            .optional("device", "target or source; all disks if not given", Values.NOTHING)
            .flag("human", "with words")
            .does(this::block),
        monitor("domblkinfo", "show the size of a disk")
            .optional("device", "target or source", Values.NOTHING)
            .flag("human", "with units")
            .flag("all", "of all disks")
            .does(this::size),
        monitor("domifstat", "show what passed an interface")
            .argument("interface", "target or MAC address", Values.NOTHING)
            .does(this::nic),
        monitor("domcontrol", "show whether the monitor of a domain answers").does(this::control),
        Verbs.domain("cpu-stats", "show CPU time of a domain")
            .flag("total", "the total only")
            .option("start", "first CPU to show", Values.NOTHING)
            .option("count", "how many CPUs to show", Values.NOTHING)
            .does(this::cpu));
  }

  private static Command.Builder monitor(String name, String summary) {
    return Verbs.domain(name, Group.MONITOR, summary);
  }

  private void all(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    Connect connect = call.connect();
    List<DomainId> domains = new ArrayList<>();
    for (String name : arguments.values("domain")) {
      domains.add(attempt("failed to get domain '" + name + "'", () -> connect.lookup(name)).id());
    }
    Set<StatsGroup> groups = EnumSet.noneOf(StatsGroup.class);
    GROUPS.forEach((name, group) -> addIf(arguments.has(name), groups, group));
    Set<StatsFilter> filters = EnumSet.noneOf(StatsFilter.class);
    FILTERS.forEach((name, filter) -> addIf(arguments.has(name), filters, filter));
    BulkStatistics verbs = connect.facet(BulkStatistics.class);
    boolean first = true;
    for (DomainStats stats : verbs.domainStats(domains, groups, filters)) {
      if (!first) {
        call.out().println();
      }
      first = false;
      call.out().println("Domain: '" + stats.name() + "'");
      for (TypedParameter p : stats.parameters().list()) {
        call.out().println("  " + p.name() + "=" + p.text());
      }
    }
  }

  private static <E> void addIf(boolean wanted, Set<E> set, E element) {
    if (wanted) {
      set.add(element);
    }
  }

  private void block(Invocation call) throws Exception {
    String device = call.arguments().value("device").orElse("");
    StatisticsVerbs verbs = Verbs.of(call, StatisticsVerbs.class);
    TypedParameters stats =
        attempt(
            "Failed to get block stats for domain '"
                + Verbs.name(call)
                + "' device '"
                + device
                + "'",
            () -> verbs.blockStats(device));
    boolean human = call.arguments().has("human");
    if (human) {
      call.out().println("Device: " + device);
    }
    for (List<String> row : BLOCK) {
      Optional<TypedParameter> value = stats.find(row.get(0));
      if (value.isPresent()) {
        String text = value.get().text();
        call.out()
            .println(
                human ? row.get(2) + " " + text : (device + " " + row.get(1) + " " + text).strip());
      }
    }
  }

  private void size(Invocation call) throws Exception {
    StatisticsVerbs verbs = Verbs.of(call, StatisticsVerbs.class);
    if (call.arguments().has("all")) {
      sizes(call, verbs);
      return;
    }
    String device =
        call.arguments()
            .value("device")
            .orElseThrow(
                () -> new CommandException("command 'domblkinfo' requires <device> option"));
    BlockInfo info = verbs.blockInfo(device);
    call.out().println("%-15s %s".formatted("Capacity:", amount(call, info.capacity())));
    call.out().println("%-15s %s".formatted("Allocation:", amount(call, info.allocation())));
    call.out().println("%-15s %s".formatted("Physical:", amount(call, info.physical())));
  }

  private static void sizes(Invocation call, StatisticsVerbs verbs) throws Exception {
    Domain domain = call.domain();
    Table table = new Table("Target", "Capacity", "Allocation", "Physical");
    for (DomainDevices.Disk disk : DomainDevices.of(domain.xml(XmlView.LIVE)).disks()) {
      if (disk.source().equals("-")) {
        table.row(disk.target(), "-", "-", "-");
      } else {
        BlockInfo info = verbs.blockInfo(disk.target());
        table.row(
            disk.target(),
            amount(call, info.capacity()),
            amount(call, info.allocation()),
            amount(call, info.physical()));
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static String amount(Invocation call, long bytes) {
    if (!call.arguments().has("human")) {
      return Long.toUnsignedString(bytes);
    }
    double value = bytes;
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    while (value >= KIB && unit + 1 < units.length) {
      value /= KIB;
      unit++;
    }
    return String.format(Locale.ROOT, "%.3f %s", value, units[unit]);
  }

  private void nic(Invocation call) throws Exception {
    String device = call.arguments().required("interface");
    StatisticsVerbs verbs = Verbs.of(call, StatisticsVerbs.class);
    InterfaceStats stats =
        attempt(
            "Failed to get interface stats " + Verbs.name(call) + " " + device,
            () -> verbs.interfaceStats(device));
    direction(call, device + " rx_", stats.received());
    direction(call, device + " tx_", stats.sent());
  }

  private static void direction(Invocation call, String prefix, Direction direction) {
    figure(call, prefix + "bytes", direction.bytes());
    figure(call, prefix + "packets", direction.packets());
    figure(call, prefix + "errs", direction.errors());
    figure(call, prefix + "drop", direction.drops());
  }

  private static void figure(Invocation call, String name, long value) {
    if (value >= 0) {
      call.out().println(name + " " + value);
    }
  }

  private void control(Invocation call) throws Exception {
    ControlInfo info = Verbs.of(call, StatisticsVerbs.class).controlInfo();
    String detail = info.detail().isEmpty() ? "" : ": " + info.detail();
    String time =
        info.stateTimeMillis() == 0
            ? ""
            : String.format(Locale.ROOT, " (%.3fs)", info.stateTimeMillis() / 1000.0);
    call.out().println(info.state().text() + detail + time);
  }

  private void cpu(Invocation call) throws Exception {
    StatisticsVerbs verbs = Verbs.of(call, StatisticsVerbs.class);
    Arguments arguments = call.arguments();
    boolean some = arguments.has("start") || arguments.has("count");
    if (!arguments.has("total")) {
      List<TypedParameters> cpus = verbs.cpuStatsPerCpu();
      int from = (int) Verbs.number(call, "start").orElse(0);
      long count = Verbs.number(call, "count").orElse(cpus.size());
      for (int cpu = Math.max(0, from); cpu < cpus.size() && cpu < from + count; cpu++) {
        call.out().println("CPU" + cpu + ":");
        times(call, cpus.get(cpu));
      }
    }
    if (arguments.has("total") || !some) {
      call.out().println("Total:");
      times(call, verbs.cpuStats());
    }
  }

  private static void times(Invocation call, TypedParameters times) {
    for (TypedParameter p : times.list()) {
      call.out()
          .println(
              String.format(Locale.ROOT, "\t%-12s %18.9f seconds", p.name(), p.number() / SECOND));
    }
  }
}
