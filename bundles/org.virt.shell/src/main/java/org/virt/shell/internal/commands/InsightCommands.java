package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.FrameDecision;
import org.virt.api.nwfilter.PortCounts;
import org.virt.api.nwfilter.RuleCount;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands that show what the rules of an interface do. */
public final class InsightCommands {
  private static final String PORT = "port";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  /** More are left out; an operator cannot read them. */
  private static final int MOST_WAITING = 1000;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("nwfilter-stats", Group.FILTER, "show what each rule of an interface matched")
            .argument(PORT, "name of the interface", Values.PORT)
            .flag("apart", "begin to count for this interface alone")
            .does(this::stats),
        Command.named(
                "nwfilter-trace",
                Group.FILTER,
                "show which rule decides each frame of an interface")
            .argument(PORT, "name of the interface", Values.PORT)
            .option(
                "count", "end after so many frames; if not given, at an interrupt", Values.NOTHING)
            .does(this::trace));
  }

  private static PortId port(Invocation call) throws UsageException {
    return Invocation.port(call.arguments().required(PORT));
  }

  private void stats(Invocation call) throws CommandException, UsageException {
    FilterManager filters = call.filters();
    PortId port = port(call);
    String failure = "Failed to count packets of " + port;
    if (call.arguments().has("apart")) {
      attempt(failure, () -> filters.countApart(port));
    }
    PortCounts counts = attempt(failure, () -> filters.counts(port));
    Table table = new Table("Direction", "Packets", "Bytes", "Chain", "Verdict", "Rule");
    for (RuleCount rule : counts.rules()) {
      table.row(
          word(rule.direction()),
          Long.toString(rule.packets()),
          Long.toString(rule.bytes()),
          rule.chain(),
          rule.verdict().isEmpty() ? "continue" : rule.verdict(),
          rule.origin().isEmpty() ? "-" : rule.origin());
    }
    call.out().print(table.text(call.peer().quiet()));
    if (counts.sharedBy() > 1) {
      call.confirm(
          "Counted for all "
              + counts.sharedBy()
              + " interfaces that have these rules; --apart counts for "
              + port
              + " alone");
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void trace(Invocation call) throws Exception {
    FilterManager filters = call.filters();
    PortId port = port(call);
    Optional<String> count = call.arguments().value("count");
    long rest = count.isPresent() ? number(count.get()) : Long.MAX_VALUE;
    BlockingQueue<Optional<FrameDecision>> decisions = new ArrayBlockingQueue<>(MOST_WAITING);
    Runnable end =
        () -> {
          decisions.clear();
          decisions.add(Optional.empty());
        };
    call.peer().onInterrupt(end);
    try (Subscription trace =
        attempt(
            "Failed to trace " + port,
            () -> filters.trace(port, decision -> decisions.offer(Optional.of(decision))))) {
      for (; rest > 0; rest--) {
        Optional<FrameDecision> decision = decisions.take();
        if (decision.isEmpty()) {
          return;
        }
        call.out().println(line(decision.get()));
        call.out().flush();
      }
    }
  }

  private static long number(String text) throws UsageException {
    try {
      return Math.max(1, Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new UsageException("--count is '" + text + "', not a number");
    }
  }

  private static String line(FrameDecision decision) {
    String rule = decision.origin().isEmpty() ? "end of the rules" : decision.origin();
    return String.format(
        Locale.ROOT,
        "%s  %-3s  %-6s  %s  (%s, %s)",
        TIME.format(ZonedDateTime.now()),
        word(decision.direction()),
        decision.verdict(),
        FrameText.of(decision.frame()),
        decision.chain(),
        rule);
  }
}
