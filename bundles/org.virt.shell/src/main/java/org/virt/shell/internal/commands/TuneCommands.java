package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Optional;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameter.Type;
import org.virt.api.domain.TypedParameters;
import org.virt.model.edit.Tuning;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands about the share that machines have of the host. */
public final class TuneCommands {
  private static final long KIB = 1024;
  private static final List<String> MODES =
      List.of("strict", "preferred", "interleave", "restrictive");
  private static final List<String> LIMITS = List.of("hard-limit", "soft-limit", "swap-hard-limit");
  private static final List<String> BLKIO =
      List.of(
          "device-weights",
          "device-read-iops-sec",
          "device-write-iops-sec",
          "device-read-bytes-sec",
          "device-write-bytes-sec");

  private static final List<String> IOTUNE =
      List.of(
          "total-bytes-sec",
          "read-bytes-sec",
          "write-bytes-sec",
          "total-iops-sec",
          "read-iops-sec",
          "write-iops-sec",
          "total-bytes-sec-max",
          "read-bytes-sec-max",
          "write-bytes-sec-max",
          "total-iops-sec-max",
          "read-iops-sec-max",
          "write-iops-sec-max",
          "size-iops-sec",
          "group-name",
          "total-bytes-sec-max-length",
          "read-bytes-sec-max-length",
          "write-bytes-sec-max-length",
          "total-iops-sec-max-length",
          "read-iops-sec-max-length",
          "write-iops-sec-max-length");

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Verbs.affecting(Verbs.domain("schedinfo", "show or set the share of CPU time"))
            .option("weight", "weight, for credit schedulers", Values.NOTHING)
            .option("cap", "cap, for credit schedulers", Values.NOTHING)
            .optionals("set", "NAME=VALUE", Values.NOTHING)
            .does(this::scheduler),
        options(Verbs.affecting(Verbs.domain("memtune", "show or set limits of memory")), LIMITS)
            .does(this::memory),
        Verbs.affecting(Verbs.domain("numatune", "show or set NUMA memory"))
            .option("mode", "strict, preferred, interleave or restrictive", Values.NOTHING)
            .option("nodeset", "nodes of the host", Values.NOTHING)
            .does(this::numa),
        options(
                Verbs.affecting(Verbs.domain("blkiotune", "show or set the share of disk time"))
                    .option("weight", "100 to 1000", Values.NOTHING),
                BLKIO)
            .does(this::blkio),
        Verbs.affecting(Verbs.domain("perf", "show or set events that are counted"))
            .option("enable", "events, by commas", Values.NOTHING)
            .option("disable", "events, by commas", Values.NOTHING)
            .does(this::perf),
        options(
                Verbs.affecting(Verbs.domain("blkdeviotune", "show or set limits of a disk"))
                    .argument("device", "target or source of the disk", Values.NOTHING),
                IOTUNE)
            .does(this::disk),
        Verbs.affecting(Verbs.domain("domiftune", "show or set limits of an interface"))
            .argument("interface", "target or MAC address", Values.NOTHING)
            .option("inbound", "AVERAGE[,PEAK[,BURST[,FLOOR]]]", Values.NOTHING)
            .option("outbound", "AVERAGE[,PEAK[,BURST]]", Values.NOTHING)
            .does(this::nic));
  }

  private static Command.Builder options(Command.Builder command, List<String> names) {
    names.forEach(name -> command.option(name, name.replace('-', ' '), Values.NOTHING));
    return command;
  }

  private void scheduler(Invocation call) throws Exception {
    TuningVerbs verbs = Verbs.of(call, TuningVerbs.class);
    Verbs.line(call, "Scheduler", verbs.schedulerType());
    TypedParameters known = verbs.parameters(Area.SCHEDULER, Verbs.affects(call));
    TypedParameters.Builder set = TypedParameters.builder();
    for (String option : List.of("weight", "cap")) {
      Optional<String> value = call.arguments().value(option);
      if (value.isPresent()) {
        set.add(typed(known, option, value.get()));
      }
    }
    for (String pair : call.arguments().values("set")) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new CommandException("Invalid syntax for --set, expecting name=value");
      }
      set.add(typed(known, pair.substring(0, equals), pair.substring(equals + 1)));
    }
    TypedParameters wanted = set.build();
    if (!wanted.isEmpty()) {
      verbs.setParameters(Area.SCHEDULER, wanted, Verbs.affects(call));
    }
    Verbs.print(call, verbs.parameters(Area.SCHEDULER, Verbs.affects(call)));
  }

  private static TypedParameter typed(TypedParameters known, String name, String value)
      throws CommandException, UsageException {
    Type type =
        known
            .find(name)
            .map(TypedParameter::type)
            .orElseThrow(() -> new CommandException("invalid scheduler option: " + name));
    try {
      return type == Type.INT
          ? new TypedParameter(name, type, Integer.parseInt(value))
          : new TypedParameter(name, type, Long.parseLong(value));
    } catch (NumberFormatException e) {
      throw Verbs.malformed(name, value);
    }
  }

  private void memory(Invocation call) throws Exception {
    TypedParameters.Builder set = TypedParameters.builder();
    for (String option : LIMITS) {
      Optional<String> value = call.arguments().value(option);
      if (value.isPresent()) {
        boolean none = value.get().equals("-1");
        long kib =
            none ? Tuning.UNLIMITED : (Verbs.bytes(option, value.get(), KIB) + KIB - 1) / KIB;
        set.ullong(option.replace('-', '_'), kib);
      }
    }
    change(
        call,
        Area.MEMORY,
        set.build(),
        p -> p.number() >= Tuning.UNLIMITED ? "unlimited" : p.text());
  }

  private void numa(Invocation call) throws Exception {
    TypedParameters.Builder set = TypedParameters.builder();
    Optional<String> mode = call.arguments().value("mode");
    if (mode.isPresent()) {
      int number = MODES.indexOf(mode.get());
      if (number < 0) {
        throw new CommandException("Invalid mode: " + mode.get());
      }
      set.integer("numa_mode", number);
    }
    call.arguments().value("nodeset").ifPresent(nodes -> set.string("numa_nodeset", nodes));
    change(
        call,
        Area.NUMA,
        set.build(),
        p -> p.name().equals("numa_mode") ? MODES.get((int) p.number()) : p.text());
  }

  private void blkio(Invocation call) throws Exception {
    TypedParameters.Builder set = TypedParameters.builder();
    Verbs.number(call, "weight").ifPresent(weight -> set.uint("weight", weight));
    for (String option : BLKIO) {
      String name = option.replace("weights", "weight").replace('-', '_');
      call.arguments().value(option).ifPresent(value -> set.string(name, value));
    }
    change(call, Area.BLKIO, set.build(), TypedParameter::text);
  }

  private void perf(Invocation call) throws Exception {
    TypedParameters.Builder set = TypedParameters.builder();
    for (String option : List.of("enable", "disable")) {
      for (String name : call.arguments().value(option).orElse("").split(",")) {
        if (!name.isEmpty()) {
          set.bool(name, option.equals("enable"));
        }
      }
    }
    change(call, Area.PERF, set.build(), p -> p.text().equals("yes") ? "enabled" : "disabled");
  }

  private interface Text {
    String of(TypedParameter parameter);
  }

  private static void change(Invocation call, Area area, TypedParameters set, Text text)
      throws Exception {
    TuningVerbs verbs = Verbs.of(call, TuningVerbs.class);
    if (!set.isEmpty()) {
      verbs.setParameters(area, set, Verbs.affects(call));
      return;
    }
    for (TypedParameter p : verbs.parameters(area, Verbs.affects(call)).list()) {
      Verbs.line(call, p.name(), text.of(p));
    }
  }

  private void disk(Invocation call) throws Exception {
    TypedParameters.Builder set = TypedParameters.builder();
    for (String option : IOTUNE) {
      Optional<String> value = call.arguments().value(option);
      if (value.isEmpty()) {
        continue;
      }
      String name = option.replace('-', '_');
      if (option.equals("group-name")) {
        set.string(name, value.get());
      } else {
        set.ullong(name, Verbs.bytes(option, value.get(), 1));
      }
    }
    device(call, DeviceArea.BLOCK_IO, "device", set.build());
  }

  private void nic(Invocation call) throws Exception {
    TypedParameters.Builder set = TypedParameters.builder();
    List<String> parts = List.of("average", "peak", "burst", "floor");
    for (String direction : List.of("inbound", "outbound")) {
      Optional<String> given = call.arguments().value(direction);
      if (given.isPresent()) {
        String[] values = given.get().split(",", -1);
        for (int i = 0; i < values.length; i++) {
          if (i >= parts.size() || !values[i].matches("[0-9]{1,9}")) {
            throw new UsageException(direction + " format is incorrect");
          }
          set.uint(direction + "." + parts.get(i), Long.parseLong(values[i]));
        }
      }
    }
    device(call, DeviceArea.INTERFACE, "interface", set.build());
  }

  private static void device(Invocation call, DeviceArea area, String argument, TypedParameters set)
      throws Exception {
    TuningVerbs verbs = Verbs.of(call, TuningVerbs.class);
    String device = call.arguments().required(argument);
    org.virt.api.domain.Affects affects = Verbs.affects(call);
    if (set.isEmpty()) {
      Verbs.print(call, verbs.deviceParameters(area, device, affects));
      return;
    }
    String failure =
        area == DeviceArea.BLOCK_IO
            ? "Unable to change block I/O throttle"
            : "Unable to set interface parameters";
    attempt(failure, () -> verbs.setDeviceParameters(area, device, set, affects));
  }
}
