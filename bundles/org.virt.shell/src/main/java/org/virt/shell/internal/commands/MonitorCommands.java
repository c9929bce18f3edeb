package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainInfo;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands that show machines. */
public final class MonitorCommands {
  private static final String DOMAIN = "domain";
  private static final String ANY = "domain name, id or uuid";
  private static final double NANOSECONDS = 1e9;

  /** virsh's order: active ones by number, then the others by name. */
  private static final Comparator<DomainSummary> ORDER =
      Comparator.<DomainSummary>comparingInt(domain -> domain.number().orElse(Integer.MAX_VALUE))
          .thenComparing(DomainSummary::name, String.CASE_INSENSITIVE_ORDER)
          .thenComparing(DomainSummary::name);

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        list(),
        domain("dominfo", "show size, state and use of a domain").does(this::dominfo),
        domain("domstate", "show the state of a domain")
            .flag("reason", "and how it came into it")
            .does(this::domstate),
        domain("domid", "show the id of a domain").does(this::domid),
        domain("domuuid", "show the uuid of a domain")
            .does(call -> call.out().println(call.domain().id())),
        domain("domname", "show the name of a domain")
            .does(call -> call.out().println(summary(call).name())),
        domain("domiflist", "list the network interfaces of a domain")
            .flag("inactive", "those of its next start")
            .does(this::domiflist),
        domain("domblklist", "list the disks of a domain")
            .flag("inactive", "those of its next start")
            .flag("details", "with type and device")
            .does(this::domblklist));
  }

  private static Command.Builder domain(String name, String summary) {
    return Command.named(name, Group.MONITOR, summary).argument(DOMAIN, ANY, Values.DOMAIN);
  }

  private Command list() {
    return Command.named("list", Group.MONITOR, "list domains")
        .flag("inactive", "inactive ones only")
        .flag("all", "inactive and active ones")
        .flag("transient", "those without a definition")
        .flag("persistent", "those with a definition")
        .flag("state-running", "running ones")
        .flag("state-paused", "paused ones")
        .flag("state-shutoff", "those that are shut off")
        .flag("state-other", "those in any other state")
        .flag("autostart", "those that start with the host")
        .flag("no-autostart", "those that do not start with the host")
        .flag("uuid", "print uuids only")
        .flag("name", "print names only")
        .flag("id", "print ids only")
        .flag("table", "print a table (default)")
        .does(this::list);
  }

  private void list(Invocation call) throws CommandException, UsageException {
    Arguments arguments = call.arguments();
    List<String> columns = Stream.of("uuid", "name", "id").filter(arguments::has).toList();
    if (arguments.has("table") && !columns.isEmpty()) {
      throw new UsageException(
          "Options --table and --" + columns.get(0) + " are mutually exclusive");
    }
    Connect connect = call.connect();
    List<DomainSummary> domains =
        new ArrayList<>(attempt("Failed to list domains", connect::domains));
    domains.removeIf(domain -> !wanted(domain, arguments));
    domains.sort(ORDER);
    if (!columns.isEmpty()) {
      domains.forEach(domain -> call.out().println(line(domain, arguments)));
      return;
    }
    Table table = new Table("Id", "Name", "State");
    for (DomainSummary domain : domains) {
      table.row(number(domain), domain.name(), domain.status().state().text());
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static String line(DomainSummary domain, Arguments arguments) {
    List<String> cells = new ArrayList<>();
    if (arguments.has("uuid")) {
      cells.add(domain.id().toString());
    }
    if (arguments.has("id")) {
      cells.add(number(domain));
    }
    if (arguments.has("name")) {
      cells.add(domain.name());
    }
    return String.join(" ", cells);
  }

  private static boolean wanted(DomainSummary domain, Arguments arguments) {
    boolean active =
        arguments.has("all")
            || (arguments.has("inactive") ? !domain.isActive() : domain.isActive());
    boolean persistent = domain.persistence() != Persistence.TRANSIENT;
    boolean autostart = domain.persistence() == Persistence.AUTOSTART;
    return active
        && either(persistent, arguments.has("persistent"), arguments.has("transient"))
        && either(autostart, arguments.has("autostart"), arguments.has("no-autostart"))
        && stateWanted(domain.status().state(), arguments);
  }

  /** Both or none of two opposite filters given: all pass. */
  private static boolean either(boolean is, boolean yes, boolean no) {
    return yes == no || is == yes;
  }

  private static boolean stateWanted(DomainState state, Arguments arguments) {
    List<String> flags = List.of("state-running", "state-paused", "state-shutoff", "state-other");
    if (flags.stream().noneMatch(arguments::has)) {
      return true;
    }
    return arguments.has(
        switch (state) {
          case RUNNING -> "state-running";
          case PAUSED -> "state-paused";
          case SHUTOFF -> "state-shutoff";
          default -> "state-other";
        });
  }

  private static String number(DomainSummary domain) {
    return domain.number().isPresent() ? Integer.toString(domain.number().getAsInt()) : "-";
  }

  private static DomainSummary summary(Invocation call) throws CommandException {
    Domain domain = call.domain();
    return attempt("Failed to get domain state", domain::summary);
  }

  private void domid(Invocation call) throws CommandException {
    call.out().println(number(summary(call)));
  }

  private void domstate(Invocation call) throws CommandException {
    DomainStatus status = summary(call).status();
    String reason = call.arguments().has("reason") ? " (" + status.reason().text() + ")" : "";
    call.out().println(status.state().text() + reason);
  }

  private void dominfo(Invocation call) throws CommandException {
    Domain domain = call.domain();
    DomainSummary summary = attempt("Failed to get domain state", domain::summary);
    DomainInfo info = attempt("Failed to get domain information", domain::info);
    Fields out = new Fields(call.out());
    out.field("Id:", number(summary));
    out.field("Name:", summary.name());
    out.field("UUID:", summary.id().toString());
    out.field("OS Type:", devices(domain, XmlView.LIVE).osType());
    out.field("State:", info.status().state().text());
    out.field("CPU(s):", Integer.toString(info.vcpus()));
    if (!info.cpuTime().isZero()) {
      out.field(
          "CPU time:", String.format(Locale.ROOT, "%.1fs", info.cpuTime().toNanos() / NANOSECONDS));
    }
    out.field("Max memory:", info.maxMemoryKiB() + " KiB");
    out.field("Used memory:", info.memoryKiB() + " KiB");
    out.field("Persistent:", summary.persistence() == Persistence.TRANSIENT ? "no" : "yes");
    out.field("Autostart:", summary.persistence() == Persistence.AUTOSTART ? "enable" : "disable");
    out.field("Managed save:", isSaved(domain) ? "yes" : "no");
  }

  /** Says whether its next start restores it; a driver that cannot does not. */
  private static boolean isSaved(Domain domain) throws CommandException {
    try {
      return domain.facet(SaveVerbs.class).hasManagedSaveImage();
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return false;
      }
      throw new CommandException("Failed to check for domain managed save image", e);
    }
  }

  private void domiflist(Invocation call) throws CommandException {
    Table table = new Table("Interface", "Type", "Source", "Model", "MAC");
    for (DomainDevices.Interface nic : devices(call.domain(), view(call)).interfaces()) {
      table.row(nic.name(), nic.type(), nic.source(), nic.model(), nic.mac());
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void domblklist(Invocation call) throws CommandException {
    List<DomainDevices.Disk> disks = devices(call.domain(), view(call)).disks();
    boolean details = call.arguments().has("details");
    Table table =
        details ? new Table("Type", "Device", "Target", "Source") : new Table("Target", "Source");
    for (DomainDevices.Disk disk : disks) {
      if (details) {
        table.row(disk.type(), disk.device(), disk.target(), disk.source());
      } else {
        table.row(disk.target(), disk.source());
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static XmlView view(Invocation call) {
    return call.arguments().has("inactive") ? XmlView.INACTIVE : XmlView.LIVE;
  }

  private static DomainDevices devices(Domain domain, XmlView view) throws CommandException {
    return attempt(
        "Failed to get domain description xml", () -> DomainDevices.of(domain.xml(view)));
  }

  /** Lines of a name and a value. */
  private record Fields(PrintStream out) {
    void field(String name, String value) {
      out.println(String.format("%-15s %s", name, value));
    }
  }
}
