package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuModels.BaselineFlag;
import org.virt.api.domain.CpuModels.Comparison;
import org.virt.api.domain.CpuModels.MachineKind;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands about what machines may have on a host, and about CPU models. */
public final class CpuCommands {
  private static final String FILE = "file";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
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
