package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;
import org.virt.spi.format.ConfigFormat;

/** Commands about the hypervisor and its host, and conversions. */
public final class HostCommands {
  private static final String FORMAT = "format";

  private final String version;

  /** Makes the commands of a version of ours. */
  public HostCommands(String version) {
    this.version = version;
  }

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        host("version", "show versions")
            .flag("daemon", "that of the runtime too")
            .does(this::version),
        host("nodeinfo", "show the size of the host").does(this::nodeinfo),
        host("capabilities", "print what host and hypervisor can do, as XML")
            .does(this::capabilities),
        host("uri", "print the URI of the connection")
            .does(call -> call.out().println(call.connect().uri())),
        host("hostname", "print the name of the host").does(this::hostname),
        Command.named(
                "connect",
                Group.SHELL,
                "connect to another hypervisor, for the rest of this session")
            .optional("name", "its URI; if not given, the present one is tried", Values.NOTHING)
            .does(this::connect),
        Command.named(
                "domxml-to-native", Group.DOMAIN, "convert domain XML to a native configuration")
            .argument(FORMAT, "name of the format, such as qemu-argv", Values.FORMAT)
            .optional("xml", "file with domain XML", Values.FILE)
            .option("domain", "domain name, id or uuid, in place of a file", Values.DOMAIN)
            .does(this::toNative),
        Command.named(
                "domxml-from-native", Group.DOMAIN, "convert a native configuration to domain XML")
            .argument(FORMAT, "name of the format, such as qemu-argv", Values.FORMAT)
            .argument("config", "file with the configuration", Values.FILE)
            .does(this::fromNative));
  }

  private static Command.Builder host(String name, String summary) {
    return Command.named(name, Group.HOST, summary);
  }

  private void version(Invocation call) throws CommandException {
    PrintStream out = call.out();
    out.println("Compiled against library: org.virt " + version);
    out.println("Using library: org.virt " + version);
    HypervisorInfo hypervisor = hypervisor(call);
    out.println("Using API: " + hypervisor.type() + " " + version);
    out.println("Running hypervisor: " + hypervisor.type() + " " + hypervisor.version());
    if (call.arguments().has("daemon")) {
      out.println("Running against daemon: " + version);
    }
  }

  private static HypervisorInfo hypervisor(Invocation call) throws CommandException {
    Connect connect = call.connect();
    return attempt("failed to get the hypervisor version", connect::hypervisor);
  }

  private void nodeinfo(Invocation call) throws CommandException {
    Connect connect = call.connect();
    NodeInfo node = attempt("failed to get node information", connect::nodeInfo);
    NodeInfo.Topology topology = node.topology();
    line(call, "CPU model:", node.model());
    line(call, "CPU(s):", node.cpus());
    if (node.mhz() != 0) {
      line(call, "CPU frequency:", node.mhz() + " MHz");
    }
    line(call, "CPU socket(s):", topology.socketsPerCell());
    line(call, "Core(s) per socket:", topology.coresPerSocket());
    line(call, "Thread(s) per core:", topology.threadsPerCore());
    line(call, "NUMA cell(s):", topology.numaCells());
    line(call, "Memory size:", node.memoryKiB() + " KiB");
  }

  private static void line(Invocation call, String name, Object value) {
    call.out().println(String.format("%-20s %s", name, value));
  }

  private void capabilities(Invocation call) throws CommandException {
    Connect connect = call.connect();
    call.out().print(attempt("failed to get capabilities", connect::capabilities));
  }

  private void hostname(Invocation call) throws CommandException {
    call.out().println(hypervisor(call).hostName());
  }

  private void connect(Invocation call) throws CommandException {
    String before = call.session().uri();
    call.session().use(call.arguments().value("name").orElse(before));
    try {
      call.connect();
    } catch (CommandException e) {
      call.session().use(before);
      throw e;
    }
  }

  private void toNative(Invocation call) throws CommandException, UsageException {
    ConfigFormat format = format(call);
    boolean domain = call.arguments().has("domain");
    if (domain == call.arguments().has("xml")) {
      throw new UsageException("either a file with domain XML or --domain is required");
    }
    String xml = domain ? definition(call.domain()) : call.file("xml");
    call.out().print(attempt("failed to convert domain XML", () -> format.toNative(xml)));
  }

  private static String definition(Domain domain) throws CommandException {
    return attempt("Failed to get domain description xml", () -> domain.xml(XmlView.INACTIVE));
  }

  private void fromNative(Invocation call) throws CommandException {
    ConfigFormat format = format(call);
    String configuration = call.file("config");
    call.out()
        .print(attempt("failed to convert to domain XML", () -> format.fromNative(configuration)));
  }

  private static ConfigFormat format(Invocation call) throws CommandException {
    String name = call.arguments().required(FORMAT);
    Map<String, ConfigFormat> formats = call.services().formats();
    return Optional.ofNullable(formats.get(name))
        .orElseThrow(
            () ->
                new CommandException(
                    "unknown format '"
                        + name
                        + "', there are: "
                        + String.join(", ", formats.keySet())));
  }
}
