package org.virt.shell.internal.commands;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterListener;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Prints what happens to addresses as it happens. */
public final class AddressWatchCommand {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
  private static final Duration LONGEST = Duration.ofDays(1000);

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("address-watch", Group.FILTER, "print what happens to addresses")
            .optional("port", "those of one interface only", Values.PORT)
            .option("timeout", "seconds to wait; else until an interrupt", Values.NOTHING)
            .option("count", "end after so many events", Values.NOTHING)
            .does(this::watch));
  }

  private void watch(Invocation call) throws Exception {
    Optional<String> name = call.arguments().value("port");
    Optional<PortId> only = name.isEmpty() ? Optional.empty() : Optional.of(port(name.get()));
    long left = number(call, "count").orElse(Integer.MAX_VALUE);
    Duration timeout = number(call, "timeout").map(Duration::ofSeconds).orElse(LONGEST);
    long deadline = System.nanoTime() + timeout.toNanos();
    BlockingQueue<Optional<AddressEvent>> events = new LinkedBlockingQueue<>();
    call.peer().onInterrupt(() -> events.add(Optional.empty()));
    try (Subscription subscription = call.filters().subscribe(listener(events))) {
      while (left > 0) {
        Optional<AddressEvent> next =
            events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null || next.isEmpty()) {
          return;
        }
        if (only.isEmpty() || only.get().equals(next.get().address().port())) {
          print(call, next.get());
          left--;
        }
      }
    }
  }

  private static FilterListener listener(BlockingQueue<Optional<AddressEvent>> events) {
    return new FilterListener() {
      @Override
      public void addressEvent(AddressEvent event) {
        events.add(Optional.of(event));
      }
    };
  }

  private static PortId port(String name) throws UsageException {
    return Invocation.port(name);
  }

  private static Optional<Integer> number(Invocation call, String option) throws UsageException {
    Optional<String> text = call.arguments().value(option);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value > 0) {
        return Optional.of(value);
      }
    } catch (NumberFormatException e) {
      // Told below, with what was given.
    }
    throw new UsageException(
        "Numeric value '"
            + text.get()
            + "' for <"
            + option
            + "> option is malformed or out of range");
  }

  private static void print(Invocation call, AddressEvent event) {
    StringBuilder line = new StringBuilder();
    line.append(TIME.format(Instant.now().atZone(ZoneId.systemDefault())));
    line.append(' ').append(event.kind()).append(' ').append(event.address().port());
    line.append(' ').append(event.machine().name());
    line.append(' ').append(event.address().address().getHostAddress());
    line.append(' ').append(event.address().source());
    event.address().expires().ifPresent(end -> line.append(" until ").append(end));
    if (!event.detail().isEmpty()) {
      line.append(" (").append(event.detail()).append(')');
    }
    call.out().println(line);
    call.out().flush();
  }
}
