package org.virt.shell.internal.commands;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.PortStatus;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Shows what is in force on ports, now and with every change. */
public final class StatusCommand {
  private static final String PORT = "port";
  private static final String WATCH = "watch";
  private static final Set<String> ENDED = Set.of("unbound", "gone");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  /** Returns the command. */
  public List<Command> commands() {
    return List.of(
        Command.named("nwfilter-status", Group.FILTER, "show what is in force on bound interfaces")
            .optional(PORT, "one interface only", Values.PORT)
            .flag(WATCH, "go on with a line for each change, until an interrupt")
            .does(this::status));
  }

  private void status(Invocation call) throws Exception {
    Optional<String> name = call.arguments().value(PORT);
    Optional<PortId> only =
        name.isEmpty() ? Optional.empty() : Optional.of(Invocation.port(name.get()));
    if (call.arguments().has(WATCH)) {
      watch(call, only);
      return;
    }
    List<PortStatus> ports = ports(call.filters(), only);
    if (only.isPresent() && ports.isEmpty()) {
      throw new CommandException("interface '" + only.get() + "' is not bound to a filter");
    }
    print(call, ports);
  }

  private static List<PortStatus> ports(FilterManager filters, Optional<PortId> only) {
    return filters.status().stream()
        .filter(s -> only.isEmpty() || only.get().equals(s.port()))
        .toList();
  }

  private static void print(Invocation call, List<PortStatus> ports) {
    Table table = new Table("Port", "State", "Technique", "Generation", "Learning", "Reason");
    for (PortStatus port : ports) {
      table.row(cells(port));
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static String[] cells(PortStatus port) {
    return new String[] {
      port.port().name(),
      port.enforcement().name(),
      orDash(port.technique()),
      port.generation() == 0 ? "-" : Long.toString(port.generation()),
      port.learning().name(),
      orDash(port.reason())
    };
  }

  /** A port that is no longer bound has no state, but the reason why. */
  private static String line(PortStatus now) {
    return ENDED.contains(now.reason())
        ? now.port() + "  " + now.reason()
        : String.join("  ", cells(now));
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** Listens first and asks then, so that no change falls between the two. */
  private static void watch(Invocation call, Optional<PortId> only)
      throws CommandException, UsageException, InterruptedException {
    FilterManager filters = call.filters();
    BlockingQueue<Optional<PortStatus>> changes = new LinkedBlockingQueue<>();
    call.peer().onInterrupt(() -> changes.add(Optional.empty()));
    FilterListener listener =
        new FilterListener() {
          @Override
          public void portChanged(PortStatus status) {
            changes.add(Optional.of(status));
          }
        };
    try (Subscription subscription = filters.subscribe(listener)) {
      List<PortStatus> ports = ports(filters, only);
      print(call, ports);
      call.out().flush();
      Map<PortId, PortStatus> shown = new HashMap<>();
      ports.forEach(port -> shown.put(port.port(), port));
      for (Optional<PortStatus> change = changes.take();
          change.isPresent();
          change = changes.take()) {
        PortStatus now = change.get();
        boolean wanted = only.isEmpty() || only.get().equals(now.port());
        if (wanted && !now.equals(shown.put(now.port(), now))) {
          call.out().println(TIME.format(ZonedDateTime.now()) + "  " + line(now));
          call.out().flush();
        }
      }
    }
  }
}
