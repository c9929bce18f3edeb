package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.virt.api.Domain;
import org.virt.api.PortId;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.AgentVerbs.GuestInterface;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands about the addresses of machines and how they were learned. */
public final class AddressCommands {
  private static final String PORT = "port";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
  private static final int RULE = 79;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("domifaddr", Group.MONITOR, "list the addresses of a domain's interfaces")
            .argument("domain", "its name, id or uuid", Values.DOMAIN)
            .optional("interface", "those of one interface only", Values.PORT)
            .flag("full", "repeat name and MAC address on each line")
            .option(
                "source",
                "where from: 'lease' (default), 'agent', 'arp' or 'learn'",
                Values.NOTHING)
            .does(this::domifaddr),
        Command.named("learn-explain", Group.FILTER, "show why addresses were learned or not")
            .argument(PORT, "the interface", Values.PORT)
            .does(this::explain),
        Command.named("address-approve", Group.FILTER, "let an interface use a waiting address")
            .argument(PORT, "the interface", Values.PORT)
            .argument("address", "the address that waits", Values.NOTHING)
            .does(this::approve));
  }

  private void domifaddr(Invocation call) throws Exception {
    String source = call.arguments().value("source").orElse("lease");
    if (source.equals("agent")) {
      ofAgent(call);
      return;
    }
    Set<Source> sources = sources(source);
    Domain domain = call.domain();
    Optional<String> only = call.arguments().value("interface");
    FilterManager filters = call.filters();
    UUID uuid = domain.id().uuid();
    Set<PortId> ports =
        filters.bindings().stream()
            .filter(binding -> binding.owner().uuid().equals(uuid))
            .map(FilterBinding::port)
            .filter(port -> only.isEmpty() || only.get().equals(port.name()))
            .collect(Collectors.toSet());
    head(call);
    PortId last = null;
    for (PortAddress address : filters.addresses()) {
      if (ports.contains(address.port()) && sources.contains(address.source())) {
        boolean again = address.port().equals(last) && !call.arguments().has("full");
        String name = again ? "-" : address.port().name();
        String mac = again ? "-" : address.mac().toString();
        String protocol = address.address() instanceof Inet4Address ? "ipv4" : "ipv6";
        // As virsh prints what it has from ARP: the length of the prefix is not known.
        line(call, name, mac, protocol, address.address().getHostAddress() + "/0");
        last = address.port();
      }
    }
  }

  private static void head(Invocation call) {
    if (!call.peer().quiet()) {
      line(call, "Name", "MAC address", "Protocol", "Address");
      call.out().println("-".repeat(RULE));
    }
  }

  /** The guest's own words: its names of its interfaces. */
  private static void ofAgent(Invocation call) throws Exception {
    List<GuestInterface> all = Verbs.of(call, AgentVerbs.class).interfaceAddresses();
    Optional<String> only = call.arguments().value("interface");
    head(call);
    for (GuestInterface each : all) {
      boolean wanted = only.isEmpty() || only.get().equals(each.name());
      boolean again = false;
      for (String address : wanted ? each.addresses() : List.<String>of()) {
        boolean dash = again && !call.arguments().has("full");
        String mac = each.mac().isEmpty() ? "N/A" : each.mac();
        String protocol = address.contains(":") ? "ipv6" : "ipv4";
        line(call, dash ? "-" : each.name(), dash ? "-" : mac, protocol, address);
        again = true;
      }
    }
  }

  private static void line(
      Invocation call, String name, String mac, String protocol, String address) {
    call.out()
        .println(
            String.format(Locale.ROOT, " %-10s %-20s %-8s     %s", name, mac, protocol, address));
  }

  private static Set<Source> sources(String word) throws UsageException {
    return switch (word) {
      case "lease" -> EnumSet.of(Source.DHCP);
      case "arp" -> EnumSet.of(Source.ARP, Source.ND);
      case "learn" -> EnumSet.allOf(Source.class);
      default -> throw new UsageException("Unknown data source '" + word + "'");
    };
  }

  private void explain(Invocation call) throws CommandException, UsageException {
    PortId port = Invocation.port(call.arguments().required(PORT));
    FilterManager filters = call.filters();
    LearningReport report =
        attempt("Failed to explain interface '" + port + "'", () -> filters.explain(port));
    Table packets = new Table("Time", "Packet", "Verdict");
    for (LearningReport.Packet packet : report.packets()) {
      packets.row(
          TIME.format(packet.time().atZone(ZoneId.systemDefault())),
          packet.what(),
          packet.verdict());
    }
    call.out().print(packets.text(call.peer().quiet()));
    Table counters = new Table("Counter", "Value");
    new TreeMap<>(report.counters())
        .forEach((name, value) -> counters.row(name, Long.toString(value)));
    call.out().print(counters.text(call.peer().quiet()));
    for (InetAddress address : report.waiting()) {
      call.out().println("waits for address-approve: " + address.getHostAddress());
    }
  }

  private void approve(Invocation call) throws CommandException, UsageException {
    PortId port = Invocation.port(call.arguments().required(PORT));
    InetAddress address = address(call.arguments().required("address"));
    FilterManager filters = call.filters();
    attempt(
        "Failed to approve " + address.getHostAddress() + " on '" + port + "'",
        () -> filters.approve(port, address));
    call.confirm("Address " + address.getHostAddress() + " approved on " + port);
  }

  /** Reads an address in numbers; a name would be looked up. */
  private static InetAddress address(String text) throws UsageException {
    boolean number = text.matches("[0-9.]+") || text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    try {
      if (number) {
        return InetAddress.getByName(text);
      }
    } catch (UnknownHostException e) {
      // Told below.
    }
    throw new UsageException("not an IP address: '" + text + "'");
  }
}
