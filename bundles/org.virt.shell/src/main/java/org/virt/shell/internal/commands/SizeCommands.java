package org.virt.shell.internal.commands;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MemoryVerbs.MemoryStat;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.Plug;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands about memory and number of virtual CPUs. */
public final class SizeCommands {
  private static final long KIB = 1024;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        memory("setmem", "set the memory of a domain", MemoryVerbs::setMemory),
        memory("setmaxmem", "set the most memory of a domain", MemoryVerbs::setMaxMemory),
        Verbs.affecting(
                Verbs.domain("dommemstat", Group.MONITOR, "show memory figures of a domain"))
            .option("period", "have the guest asked every so many seconds", Values.NOTHING)
            .does(this::memoryStats),
        Verbs.affecting(Verbs.domain("setvcpus", "set the number of virtual CPUs"))
            .argument("count", "how many", Values.NOTHING)
            .flag("maximum", "the most that there may be, at the next start")
            .flag("guest", "by the guest's agent")
            .flag("hotpluggable", "those that are added can be removed again")
            .does(this::setVcpus),
        Verbs.affecting(Verbs.domain("vcpucount", "show the number of virtual CPUs"))
            .flag("maximum", "the most that there may be")
            .flag("active", "those that there are")
            .flag("guest", "as the guest's agent sees it")
            .does(this::vcpuCount),
        Verbs.affecting(Verbs.domain("setvcpu", "plug certain virtual CPUs in or out"))
            .argument("vcpulist", "their numbers, such as 1-2", Values.NOTHING)
            .flag("enable", "in")
            .flag("disable", "out")
            .does(this::setVcpu),
        Verbs.domain("guestvcpus", "show or set the CPUs that the guest uses, by its agent")
            .option("cpulist", "their numbers", Values.NOTHING)
            .flag("enable", "have them used")
            .flag("disable", "have them not used")
            .does(this::guestVcpus));
  }

  private interface SetMemory {
    void set(MemoryVerbs verbs, long kib, Affects affects) throws VirtException;
  }

  private static Command memory(String name, String summary, SetMemory verb) {
    return Verbs.affecting(Verbs.domain(name, summary))
        .argument("size", "KiB, or with a unit such as 512M", Values.NOTHING)
        .does(
            call -> {
              long bytes = Verbs.bytes("size", call.arguments().required("size"), KIB);
              long kib = (bytes + KIB - 1) / KIB;
              verb.set(Verbs.of(call, MemoryVerbs.class), kib, Verbs.affects(call));
            });
  }

  private void memoryStats(Invocation call) throws Exception {
    MemoryVerbs verbs = Verbs.of(call, MemoryVerbs.class);
    if (call.arguments().value("period").isPresent()) {
      verbs.setMemoryStatsPeriod(Verbs.count(call, "period"), Verbs.affects(call));
      return;
    }
    for (MemoryStat stat : verbs.memoryStats()) {
      call.out().println(stat.tag().text() + " " + stat.value());
    }
  }

  private void setVcpus(Invocation call) throws Exception {
    Set<VcpuFlag> flags = EnumSet.noneOf(VcpuFlag.class);
    Arguments arguments = call.arguments();
    for (VcpuFlag flag : VcpuFlag.values()) {
      if (arguments.has(flag.name().toLowerCase(java.util.Locale.ROOT))) {
        flags.add(flag);
      }
    }
    if (flags.contains(VcpuFlag.MAXIMUM) && !arguments.has("config")) {
      throw new CommandException("Option --maximum must be used with --config");
    }
    int count = Verbs.count(call, "count");
    Verbs.of(call, VcpuVerbs.class).setVcpus(count, Verbs.affects(call), flags);
  }

  private void vcpuCount(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    VcpuVerbs verbs = Verbs.of(call, VcpuVerbs.class);
    Affects affects = Verbs.affects(call);
    if (arguments.has("guest")) {
      call.out().println(verbs.vcpusFlags(affects, Set.of(VcpuFlag.GUEST)));
      return;
    }
    boolean one = arguments.has("maximum") || arguments.has("active");
    boolean chosen = arguments.has("live") || arguments.has("config") || arguments.has("current");
    if (one && chosen) {
      Set<VcpuFlag> most = arguments.has("maximum") ? Set.of(VcpuFlag.MAXIMUM) : Set.of();
      call.out().println(verbs.vcpusFlags(affects, most));
      return;
    }
    for (boolean most : new boolean[] {true, false}) {
      for (Affects which : List.of(Affects.CONFIG, Affects.LIVE)) {
        boolean wanted = !chosen || affects == which || affects == Affects.LIVE_AND_CONFIG;
        if (wanted && (!one || arguments.has("maximum") == most)) {
          countLine(call, verbs, which, most ? Set.of(VcpuFlag.MAXIMUM) : Set.of());
        }
      }
    }
  }

  private static void countLine(Invocation call, VcpuVerbs verbs, Affects which, Set<VcpuFlag> most)
      throws VirtException {
    try {
      int count = verbs.vcpusFlags(which, most);
      call.out()
          .println(
              "%-12s %-12s %3d"
                  .formatted(
                      most.isEmpty() ? "current" : "maximum",
                      which == Affects.LIVE ? "live" : "config",
                      count));
    } catch (VirtException e) {
      // An inactive domain has no run, a transient one no definition: virsh leaves that line out.
      if (e.code() != ErrorCode.OPERATION_INVALID) {
        throw e;
      }
    }
  }

  private static Plug plug(Arguments arguments) throws UsageException {
    if (arguments.has("enable") && arguments.has("disable")) {
      throw new UsageException("Options --enable and --disable are mutually exclusive");
    }
    if (!arguments.has("enable") && !arguments.has("disable")) {
      throw new UsageException("one of options --enable or --disable is required");
    }
    return arguments.has("enable") ? Plug.IN : Plug.OUT;
  }

  private void setVcpu(Invocation call) throws Exception {
    Plug plug = plug(call.arguments());
    CpuSet vcpus = CpuSet.parse(call.arguments().required("vcpulist"));
    Verbs.of(call, VcpuVerbs.class).setVcpu(vcpus, plug, Verbs.affects(call));
  }

  private void guestVcpus(Invocation call) throws Exception {
    VcpuVerbs verbs = Verbs.of(call, VcpuVerbs.class);
    if (call.arguments().value("cpulist").isEmpty()) {
      Verbs.print(call, verbs.guestVcpus());
      return;
    }
    CpuSet cpus = CpuSet.parse(call.arguments().required("cpulist"));
    verbs.setGuestVcpus(cpus, plug(call.arguments()));
  }
}
