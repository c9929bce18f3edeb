package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.HostStatistics.CpuMap;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands about what the host has. */
public final class NodeCommands {
  private static final long KIB = 1024;
  private static final int SAMPLE_MILLIS = 1000;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        host("nodecpustats", "show CPU time of the host")
            .option("cpu", "of one CPU", Values.NOTHING)
            .flag("percent", "in percent of one second")
            .does(this::cpuStats),
        host("nodememstats", "show memory of the host")
            .option("cell", "of one NUMA cell", Values.NOTHING)
            .does(this::memoryStats),
        host("nodecpumap", "show which CPUs the host has")
            .flag("pretty", "as numbers")
            .does(this::cpuMap),
        host("freecell", "show free memory of the host")
            .option("cellno", "of one NUMA cell", Values.NOTHING)
            .flag("all", "of all NUMA cells")
            .does(this::freeCell),
        host("freepages", "show free pages of memory of the host")
            .option("cellno", "of one NUMA cell; of all if not given", Values.NOTHING)
            .option("pagesize", "of one size, in KiB", Values.NOTHING)
            .flag("all", "of all NUMA cells; of all sizes if none is given")
            .does(this::freePages),
        host("node-memory-tune", "show or set how equal pages of memory are shared")
            .option("shm-pages-to-scan", "how many are looked at between pauses", Values.NOTHING)
            .option("shm-sleep-millisecs", "how long a pause is", Values.NOTHING)
            .option("shm-merge-across-nodes", "1: between NUMA cells, too", Values.NOTHING)
            .does(this::memoryTune),
        host("maxvcpus", "show the most virtual CPUs that a domain may have")
            .optional("type", "type of domain, such as kvm", Values.NOTHING)
            .does(this::maxVcpus),
        host("sysinfo", "print what the firmware says of the host")
            .does(call -> call.out().print(statistics(call).sysinfo())));
  }

  private static Command.Builder host(String name, String summary) {
    return Command.named(name, Group.HOST, summary);
  }

  private static HostStatistics statistics(Invocation call) throws CommandException {
    return Verbs.host(call, HostStatistics.class);
  }

  private static OptionalInt number(Invocation call, String option) throws UsageException {
    OptionalLong number = Verbs.number(call, option);
    return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
  }

  private void cpuStats(Invocation call) throws Exception {
    HostStatistics verbs = statistics(call);
    OptionalInt cpu = number(call, "cpu");
    TypedParameters before = attempt("Unable to get node cpu stats", () -> verbs.cpuStats(cpu));
    if (!call.arguments().has("percent")) {
      for (TypedParameter p : before.list()) {
        line(call, p.name().replace("kernel", "system") + ":", "%20s".formatted(p.text()));
      }
      return;
    }
    if (!new Interruption(call.peer()).pause(SAMPLE_MILLIS)) {
      throw new CommandException("interrupted");
    }
    TypedParameters after = verbs.cpuStats(cpu);
    double total = 0;
    for (TypedParameter p : after.list()) {
      total += p.number() - before.number(p.name()).orElse(0L);
    }
    double idle = change(before, after, "idle") + change(before, after, "iowait");
    percent(call, "usage:", total == 0 ? 0 : (total - idle) / total);
    for (TypedParameter p : after.list()) {
      double part = total == 0 ? 0 : change(before, after, p.name()) / total;
      percent(call, p.name().replace("kernel", "system") + ":", part);
    }
  }

  private static double change(TypedParameters before, TypedParameters after, String name) {
    return (double) after.number(name).orElse(0L) - before.number(name).orElse(0L);
  }

  private static void percent(Invocation call, String name, double part) {
    line(call, name, String.format(Locale.ROOT, "%5.1f%%", 100 * part));
  }

  private static void line(Invocation call, String name, String value) {
    call.out().println("%-15s %s".formatted(name, value));
  }

  private void memoryStats(Invocation call) throws Exception {
    HostStatistics verbs = statistics(call);
    OptionalInt cell = number(call, "cell");
    TypedParameters stats = attempt("Unable to get memory stats", () -> verbs.memoryStats(cell));
    for (TypedParameter p : stats.list()) {
      call.out().println("%-7s: %20s KiB".formatted(p.name(), p.text()));
    }
  }

  private void cpuMap(Invocation call) throws Exception {
    CpuMap map = statistics(call).cpuMap();
    call.out().println("%-15s %d".formatted("CPUs present:", map.present()));
    call.out().println("%-15s %d".formatted("CPUs online:", map.online().cpus().size()));
    StringBuilder cpus = new StringBuilder();
    for (int cpu = 0; cpu < map.present(); cpu++) {
      cpus.append(map.online().cpus().contains(cpu) ? 'y' : '-');
    }
    boolean pretty = call.arguments().has("pretty");
    line(call, "CPU map:", pretty ? map.online().toString() : cpus.toString());
  }

  private void freeCell(Invocation call) throws Exception {
    HostStatistics verbs = statistics(call);
    OptionalInt cell = number(call, "cellno");
    if (cell.isEmpty() && !call.arguments().has("all")) {
      call.out().println("Total: " + verbs.freeMemory() / KIB + " KiB");
      return;
    }
    List<Long> cells = verbs.cellsFreeMemory();
    if (cell.isPresent()) {
      if (cell.getAsInt() < 0 || cell.getAsInt() >= cells.size()) {
        throw new CommandException("there is no NUMA cell " + cell.getAsInt());
      }
      call.out().println(cell.getAsInt() + ": " + cells.get(cell.getAsInt()) / KIB + " KiB");
      return;
    }
    long total = 0;
    for (int i = 0; i < cells.size(); i++) {
      call.out().println("%5d: %10d KiB".formatted(i, cells.get(i) / KIB));
      total += cells.get(i) / KIB;
    }
    call.out().println("--------------------");
    call.out().println("%5s: %10d KiB".formatted("Total", total));
  }

  private void freePages(Invocation call) throws Exception {
    OptionalInt size = number(call, "pagesize");
    boolean all = call.arguments().has("all");
    if (size.isEmpty() && !all) {
      throw new CommandException("missing pagesize argument");
    }
    OptionalInt wanted = number(call, "cellno");
    if (wanted.isPresent() && all) {
      throw new UsageException("Options --all and --cellno are mutually exclusive");
    }
    List<Long> sizes = size.isPresent() ? List.of((long) size.getAsInt()) : pageSizes(call);
    List<List<Long>> cells = statistics(call).freePages(sizes);
    if (wanted.isPresent() && (wanted.getAsInt() < 0 || wanted.getAsInt() >= cells.size())) {
      throw new CommandException("there is no NUMA cell " + wanted.getAsInt());
    }
    for (int cell = 0; cell < cells.size(); cell++) {
      if (wanted.isEmpty() || wanted.getAsInt() == cell) {
        call.out().println("Node " + cell + ":");
        for (int i = 0; i < sizes.size(); i++) {
          call.out().println(sizes.get(i) + "KiB: " + cells.get(cell).get(i));
        }
      }
    }
  }

  /** Returns the sizes that the host has, KiB, as its abilities tell them. */
  private static List<Long> pageSizes(Invocation call) throws Exception {
    XmlElement capabilities = SafeXml.tree("capabilities", call.connect().capabilities());
    List<Long> sizes =
        capabilities
            .child("host")
            .flatMap(host -> host.child("cpu"))
            .map(cpu -> cpu.children("pages"))
            .orElse(List.of())
            .stream()
            .map(pages -> Long.parseLong(pages.attribute("size")))
            .toList();
    if (sizes.isEmpty()) {
      throw new CommandException("could not get information about supported page sizes");
    }
    return sizes;
  }

  private void memoryTune(Invocation call) throws Exception {
    HostStatistics verbs = statistics(call);
    TypedParameters.Builder wanted = TypedParameters.builder();
    boolean sets = false;
    for (String part : List.of("pages-to-scan", "sleep-millisecs", "merge-across-nodes")) {
      OptionalInt value = number(call, "shm-" + part);
      if (value.isPresent()) {
        wanted.uint("shm_" + part.replace('-', '_'), value.getAsInt());
        sets = true;
      }
    }
    if (sets) {
      TypedParameters parameters = wanted.build();
      attempt("Unable to change memory parameters", () -> verbs.setMemoryParameters(parameters));
      return;
    }
    TypedParameters now = attempt("Unable to get memory parameters", verbs::memoryParameters);
    call.out().println("Shared memory:");
    for (TypedParameter p : now.list()) {
      call.out().println("\t%-15s %s".formatted(p.name(), p.text()));
    }
  }

  private void maxVcpus(Invocation call) throws Exception {
    call.out().println(statistics(call).maxVcpus(call.arguments().value("type").orElse("")));
  }
}
