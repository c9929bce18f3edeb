package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.virt.api.Connect;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.api.domain.DomainNotice;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Waits for events and prints them. */
public final class EventCommand {
  private static final String LIFECYCLE = "lifecycle";
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxx: ");

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("event", Group.EVENTS, "wait for domain events")
            .option("domain", "of one domain only: its name, id or uuid", Values.DOMAIN)
            .option("event", "which type to wait for", Values.EVENT)
            .flag("all", "wait for events of any type")
            .flag("loop", "go on until the timeout or an interrupt, not to the first event only")
            .option("timeout", "seconds to wait", Values.NOTHING)
            .flag("list", "list the types")
            .flag("timestamp", "print the time of each event")
            .does(this::event));
  }

  private void event(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    if (arguments.has("list")) {
      types().forEach(call.out()::println);
      return;
    }
    Optional<String> type = arguments.value("event");
    if (type.isEmpty() && !arguments.has("all")) {
      throw new UsageException("one of --list, --all, or --event <type> is required");
    }
    if (type.isPresent() && !types().contains(type.get())) {
      throw new UsageException("unknown event type " + type.get());
    }
    long deadline = System.nanoTime() + timeout(arguments).toNanos();
    Connect connect = call.connect();
    Optional<DomainId> only =
        arguments.has("domain") ? Optional.of(call.domain().id()) : Optional.empty();
    BlockingQueue<Optional<Told>> events = new LinkedBlockingQueue<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    call.peer()
        .onInterrupt(
            () -> {
              interrupted.set(true);
              events.add(Optional.empty());
            });
    int received = 0;
    try (Subscription subscription =
        attempt(
            "Failed to listen for events", () -> connect.subscribe(new Queueing(events, type)))) {
      boolean more = true;
      while (more) {
        Optional<Told> next = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null || next.isEmpty()) {
          more = false;
          call.out().println(interrupted.get() ? "event loop interrupted" : "event loop timed out");
        } else if (only.isEmpty() || only.get().equals(next.get().domain())) {
          print(call, next.get());
          received++;
          more = arguments.has("loop");
        }
      }
    }
    call.out().println("events received: " + received);
    if (received == 0) {
      // As virsh: a failure without a further word.
      throw new CommandException("");
    }
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
    throw new UsageException(
        "Numeric value '" + seconds.get() + "' for <timeout> option is malformed or out of range");
  }

  private static void print(Invocation call, Told event) {
    String time =
        call.arguments().has("timestamp")
            ? TIMESTAMP.format(ZonedDateTime.now(ZoneOffset.UTC))
            : "";
    call.out()
        .println(time + "event '" + event.type + "' for domain '" + event.name + "'" + event.text);
    event.message.lines().forEach(line -> call.out().println("  " + line));
    call.out().flush();
  }

  /** Returns the types, in the order of their numbers. */
  public static List<String> types() {
    List<String> types = new ArrayList<>(List.of(LIFECYCLE));
    for (DomainNotice.Type type : DomainNotice.Type.values()) {
      types.add(type.text());
    }
    return types;
  }

  /** An event of any type, as it is printed. */
  private record Told(String type, DomainId domain, String name, String text, String message) {}

  /** Queues events of a type, or of all. */
  private record Queueing(BlockingQueue<Optional<Told>> events, Optional<String> type)
      implements DomainListener {
    @Override
    public void event(DomainEvent event) {
      String kind = event.kind().typeText() + " " + event.kind().detailText();
      add(new Told(LIFECYCLE, event.domain(), event.name(), ": " + kind, event.message()));
    }

    @Override
    public void notice(DomainNotice notice) {
      DomainNotice.Subject subject = notice.subject();
      add(new Told(notice.type().text(), subject.id(), subject.name(), NoticeText.of(notice), ""));
    }

    private void add(Told told) {
      if (type.isEmpty() || type.get().equals(told.type)) {
        events.add(Optional.of(told));
      }
    }
  }
}
