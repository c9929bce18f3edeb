package org.virt.shell.internal.commands;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.IoThreadVerbs.IoThread;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.Vcpu;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands about where machines run, and their threads for disks. */
public final class PinCommands {
  private static final String CPULIST = "cpulist";
  private static final String ID = "id";
  private static final String AFFINITY = "CPU Affinity";
  private static final double SECOND = 1e9;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Verbs.domain("vcpuinfo", "show what each virtual CPU does")
            .flag("pretty", "affinity as numbers")
            .does(this::vcpuInfo),
        Verbs.affecting(Verbs.domain("vcpupin", "show or set where virtual CPUs run"))
            .optional("vcpu", "number of the virtual CPU", Values.NOTHING)
            .optional(CPULIST, "CPUs of the host, or r for all", Values.NOTHING)
            .does(this::vcpuPin),
        Verbs.affecting(Verbs.domain("emulatorpin", "show or set where the emulator runs"))
            .optional(CPULIST, "CPUs of the host, or r for all", Values.NOTHING)
            .does(this::emulatorPin),
        Verbs.affecting(Verbs.domain("iothreadinfo", "list the threads for disks"))
            .does(this::ioThreads),
        ioThread("iothreadadd", "add a thread for disks")
            .does(call -> threads(call).addIoThread(id(call), Verbs.affects(call))),
        ioThread("iothreaddel", "remove a thread for disks")
            .does(call -> threads(call).delIoThread(id(call), Verbs.affects(call))),
        Verbs.affecting(Verbs.domain("iothreadpin", "set where a thread for disks runs"))
            .argument("iothread", "its number", Values.NOTHING)
            .argument(CPULIST, "CPUs of the host, or r for all", Values.NOTHING)
            .does(
                call ->
                    threads(call)
                        .pinIoThread(
                            Verbs.count(call, "iothread"), cpus(call), Verbs.affects(call))),
        ioThread("iothreadset", "set how a thread for disks polls")
            .option("poll-max-ns", "longest time, nanoseconds", Values.NOTHING)
            .option("poll-grow", "factor of growth", Values.NOTHING)
            .option("poll-shrink", "factor of shrinking", Values.NOTHING)
            .does(this::ioThreadSet));
  }

  private static Command.Builder ioThread(String name, String summary) {
    return Verbs.affecting(Verbs.domain(name, summary))
        .argument(ID, "number of the thread", Values.NOTHING);
  }

  private static IoThreadVerbs threads(Invocation call) throws CommandException {
    return Verbs.of(call, IoThreadVerbs.class);
  }

  private static int id(Invocation call) throws UsageException {
    return Verbs.count(call, ID);
  }

  private static CpuSet cpus(Invocation call) throws Exception {
    String text = call.arguments().required(CPULIST);
    return text.equals("r") ? CpuSet.first(present(call)) : CpuSet.parse(text);
  }

  private static int present(Invocation call) throws Exception {
    return Verbs.host(call, HostStatistics.class).cpuMap().present();
  }

  private void vcpuInfo(Invocation call) throws Exception {
    int cpus = present(call);
    boolean first = true;
    for (Vcpu vcpu : Verbs.of(call, VcpuVerbs.class).vcpus()) {
      if (!first) {
        call.out().println();
      }
      first = false;
      field(call, "VCPU:", Integer.toString(vcpu.number()));
      field(call, "CPU:", vcpu.cpu() < 0 ? "N/A" : Integer.toString(vcpu.cpu()));
      field(call, "State:", vcpu.state().text());
      field(call, "CPU time:", String.format(Locale.ROOT, "%.1fs", vcpu.cpuTimeNanos() / SECOND));
      field(call, "CPU Affinity:", affinity(vcpu.affinity(), cpus, call));
    }
  }

  private static void field(Invocation call, String name, String value) {
    call.out().println("%-15s %s".formatted(name, value));
  }

  private static String affinity(CpuSet set, int cpus, Invocation call) {
    if (call.arguments().has("pretty")) {
      return set + " (out of " + cpus + ")";
    }
    StringBuilder map = new StringBuilder();
    for (int cpu = 0; cpu < cpus; cpu++) {
      map.append(set.cpus().contains(cpu) ? 'y' : '-');
    }
    return map.toString();
  }

  private void vcpuPin(Invocation call) throws Exception {
    VcpuVerbs verbs = Verbs.of(call, VcpuVerbs.class);
    Affects affects = Verbs.affects(call);
    Optional<String> vcpu = call.arguments().value("vcpu");
    if (call.arguments().value(CPULIST).isPresent()) {
      if (vcpu.isEmpty()) {
        throw new UsageException("vcpupin: Missing vCPU number in pin mode.");
      }
      verbs.pinVcpu(Verbs.count(call, "vcpu"), cpus(call), affects);
      return;
    }
    List<CpuSet> pins = verbs.vcpuPinInfo(affects);
    Table table = new Table("VCPU", AFFINITY);
    for (int i = 0; i < pins.size(); i++) {
      if (vcpu.isEmpty() || Verbs.count(call, "vcpu") == i) {
        table.row(Integer.toString(i), pins.get(i).toString());
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void emulatorPin(Invocation call) throws Exception {
    VcpuVerbs verbs = Verbs.of(call, VcpuVerbs.class);
    if (call.arguments().value(CPULIST).isPresent()) {
      verbs.pinEmulator(cpus(call), Verbs.affects(call));
      return;
    }
    call.out().println("emulator: CPU Affinity");
    call.out().println("----------------------------------");
    call.out().println("       *: " + verbs.emulatorPinInfo(Verbs.affects(call)));
  }

  private void ioThreads(Invocation call) throws Exception {
    List<IoThread> threads = threads(call).ioThreadInfo(Verbs.affects(call));
    if (threads.isEmpty()) {
      call.out().println("No IOThreads found for the domain");
      return;
    }
    Table table = new Table("IOThread ID", AFFINITY);
    threads.forEach(t -> table.row(Integer.toString(t.number()), t.cpus().toString()));
    call.out().print(table.text(call.peer().quiet()));
  }

  private void ioThreadSet(Invocation call) throws Exception {
    TypedParameters.Builder out = TypedParameters.builder();
    Verbs.number(call, "poll-max-ns").ifPresent(n -> out.ullong("poll_max_ns", n));
    Verbs.number(call, "poll-grow").ifPresent(n -> out.uint("poll_grow", n));
    Verbs.number(call, "poll-shrink").ifPresent(n -> out.uint("poll_shrink", n));
    TypedParameters parameters = out.build();
    if (parameters.isEmpty()) {
      throw new UsageException("Not enough arguments passed, nothing to set");
    }
    threads(call).setIoThreadParams(id(call), parameters, Verbs.affects(call));
  }
}
