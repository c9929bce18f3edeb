package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.virt.api.Connect;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Waits for events of any kind and prints them: what the commands about them have in common. */
final class EventWait {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxx: ");

  private EventWait() {}

  /** Adds the options that say which events, how many and how they are printed. */
  static Command.Builder options(Command.Builder command, Values types) {
    return command
        .option("event", "which type to wait for", types)
        .flag("loop", "go on until the timeout or an interrupt, not to the first event only")
        .option("timeout", "seconds to wait", Values.NOTHING)
        .flag("list", "list the types")
        .flag("timestamp", "print the time of each event");
  }

  /** Returns the type that is wanted, if one is given. */
  static Optional<String> type(Invocation call, List<String> types) throws UsageException {
    Optional<String> type = call.arguments().value("event");
    if (type.isPresent() && !types.contains(type.get())) {
      throw new UsageException("unknown event type " + type.get());
    }
    return type;
  }

  /**
   * Waits and prints.
   *
   * @param listening makes a listener that hands on what is to be printed
   */
  static void run(Invocation call, Function<Consumer<String>, DomainListener> listening)
      throws Exception {
    long deadline = System.nanoTime() + timeout(call.arguments()).toNanos();
    Connect connect = call.connect();
    BlockingQueue<Optional<String>> events = new LinkedBlockingQueue<>();
    DomainListener listener = listening.apply(text -> events.add(Optional.of(text)));
    AtomicBoolean interrupted = new AtomicBoolean();
    call.peer()
        .onInterrupt(
            () -> {
              interrupted.set(true);
              events.add(Optional.empty());
            });
    int received = 0;
    try (Subscription subscription =
        attempt("Failed to listen for events", () -> connect.subscribe(listener))) {
      boolean more = true;
      while (more) {
        Optional<String> next = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null || next.isEmpty()) {
          more = false;
          call.out().println(interrupted.get() ? "event loop interrupted" : "event loop timed out");
        } else {
          print(call, next.get());
          received++;
          more = call.arguments().has("loop");
        }
      }
    }
    call.out().println("events received: " + received);
    if (received == 0) {
      // As virsh: a failure without a further word.
      throw new CommandException("");
    }
  }

  private static void print(Invocation call, String event) {
    String time =
        call.arguments().has("timestamp")
            ? TIMESTAMP.format(ZonedDateTime.now(ZoneOffset.UTC))
            : "";
    call.out().println(time + event);
    call.out().flush();
  }

  private static Duration timeout(Arguments arguments) throws UsageException {
    Optional<String> seconds = arguments.value("timeout");
    if (seconds.isEmpty()) {
      return Duration.ofDays(1000);
    }
    try {
      int value = Integer.parseInt(seconds.get());
      if (value > 0) {
        return Duration.ofSeconds(value);
      }
    } catch (NumberFormatException e) {
      // Told below, with what was given.
    }
    throw Verbs.malformed("timeout", seconds.get());
  }
}
