package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuModels.BaselineFlag;
import org.virt.api.domain.CpuModels.Comparison;
import org.virt.api.domain.CpuModels.MachineKind;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.HostStatistics.CpuMap;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands about what the host has, and what machines may have on it. */
public final class NodeCommands {
  private static final String FILE = "file";
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
            .does(this::freePages),
        host("maxvcpus", "show the most virtual CPUs that a domain may have")
            .optional("type", "type of domain, such as kvm", Values.NOTHING)
            .does(this::maxVcpus),
        host("sysinfo", "print what the firmware says of the host")
            .does(call -> call.out().print(statistics(call).sysinfo())),
        kind(host("domcapabilities", "print what a kind of domain may have")).does(this::domain),
        host("cpu-models", "list the CPU models of an architecture")
            .argument("arch", "architecture", Values.NOTHING)
            .does(this::models),
        host("cpu-compare", "compare the host's CPU with one from a file")
            .argument(FILE, "file with CPU XML", Values.FILE)
            .flag("error", "fail when they are not compatible")
            .does(this::compare),
        host("cpu-baseline", "print the CPU that all of a file can be")
            .argument(FILE, "file with CPU XML", Values.FILE)
            .flag("features", "with the features of the model")
            .flag("migratable", "without what cannot migrate")
            .does(this::baseline),
        kind(host("hypervisor-cpu-compare", "compare what a domain may have with a file"))
            .argument(FILE, "file with CPU XML", Values.FILE)
            .flag("error", "fail when they are not compatible")
            .does(this::compare),
        kind(host("hypervisor-cpu-baseline", "print the CPU that all of a file can give"))
            .argument(FILE, "file with CPU XML", Values.FILE)
            .flag("features", "with the features of the model")
            .flag("migratable", "without what cannot migrate")
            .does(this::baseline));
  }

  private static Command.Builder host(String name, String summary) {
    return Command.named(name, Group.HOST, summary);
  }

  private static Command.Builder kind(Command.Builder command) {
    return command
        .option("virttype", "type of domain, such as kvm", Values.NOTHING)
        .option("emulator", "path of the emulator", Values.NOTHING)
        .option("arch", "architecture", Values.NOTHING)
        .option("machine", "machine type", Values.NOTHING);
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
    if (size.isEmpty()) {
      throw new CommandException("missing pagesize argument");
    }
    OptionalInt wanted = number(call, "cellno");
    List<List<Long>> cells = statistics(call).freePages(List.of((long) size.getAsInt()));
    if (wanted.isPresent() && (wanted.getAsInt() < 0 || wanted.getAsInt() >= cells.size())) {
      throw new CommandException("there is no NUMA cell " + wanted.getAsInt());
    }
    for (int cell = 0; cell < cells.size(); cell++) {
      if (wanted.isEmpty() || wanted.getAsInt() == cell) {
        call.out().println("Node " + cell + ":");
        call.out().println(size.getAsInt() + "KiB: " + cells.get(cell).get(0));
      }
    }
  }

  private void maxVcpus(Invocation call) throws Exception {
    call.out().println(statistics(call).maxVcpus(call.arguments().value("type").orElse("")));
  }

  private static MachineKind kind(Invocation call) {
    Arguments given = call.arguments();
    return new MachineKind(
        given.value("emulator"),
        given.value("arch"),
        given.value("machine"),
        given.value("virttype"));
  }

  private void domain(Invocation call) throws Exception {
    CpuModels verbs = Verbs.host(call, CpuModels.class);
    call.out()
        .print(
            attempt(
                "failed to get emulator capabilities", () -> verbs.domainCapabilities(kind(call))));
  }

  private void models(Invocation call) throws Exception {
    Verbs.host(call, CpuModels.class)
        .cpuModelNames(call.arguments().required("arch"))
        .forEach(call.out()::println);
  }

  private static List<String> cpus(Invocation call) throws Exception {
    String text = call.file(FILE);
    List<String> found = new ArrayList<>();
    // A file may hold several elements side by side.
    String body = text.replaceFirst("^\\s*<\\?xml[^>]*\\?>", "");
    collect(SafeXml.tree("CPU XML", "<cpus>" + body + "</cpus>"), found);
    if (found.isEmpty()) {
      throw new CommandException(
          "File '"
              + call.arguments().required(FILE)
              + "' does not contain a <cpu> element or"
              + " valid domain XML, host capabilities XML, or domain capabilities XML");
    }
    return found;
  }

  private static void collect(XmlElement element, List<String> found) {
    boolean mode = element.name().equals("mode");
    if (element.name().equals("cpu") || (mode && "host-model".equals(element.attribute("name")))) {
      XmlElement cpu = new XmlElement("", "cpu");
      element.children().forEach(cpu::append);
      if (!mode) {
        element.attributes().forEach(cpu::set);
      }
      if (cpu.child("model").isPresent() || cpu.child("arch").isPresent()) {
        found.add(DeviceCommands.print(cpu));
        return;
      }
    }
    element.children().forEach(child -> collect(child, found));
  }

  private void compare(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    String xml = cpus(call).get(0);
    CpuModels verbs = Verbs.host(call, CpuModels.class);
    boolean hypervisor = call.command().name().startsWith("hypervisor");
    Comparison comparison =
        attempt(
            "Failed to compare " + (hypervisor ? "hypervisor" : "host") + " CPU with " + file,
            () -> hypervisor ? verbs.compareHypervisorCpu(kind(call), xml) : verbs.compareCpu(xml));
    String by = hypervisor ? "the CPU provided by hypervisor on the host" : "host CPU";
    String told =
        switch (comparison) {
          case INCOMPATIBLE -> "CPU described in " + file + " is incompatible with " + by;
          case IDENTICAL -> "CPU described in " + file + " is identical to " + by;
          case SUPERSET ->
              (hypervisor ? "The CPU provided by hypervisor on the host" : "Host CPU")
                  + " is a superset of CPU described in "
                  + file;
        };
    call.out().println(told);
    if (comparison == Comparison.INCOMPATIBLE) {
      throw new CommandException("");
    }
  }

  private void baseline(Invocation call) throws Exception {
    List<String> cpus = cpus(call);
    Set<BaselineFlag> flags = EnumSet.noneOf(BaselineFlag.class);
    if (call.arguments().has("features")) {
      flags.add(BaselineFlag.EXPAND_FEATURES);
    }
    if (call.arguments().has("migratable")) {
      flags.add(BaselineFlag.MIGRATABLE);
    }
    CpuModels verbs = Verbs.host(call, CpuModels.class);
    boolean hypervisor = call.command().name().startsWith("hypervisor");
    call.out()
        .print(
            hypervisor
                ? verbs.baselineHypervisorCpu(kind(call), cpus, flags)
                : verbs.baselineCpu(cpus, flags));
  }
}
