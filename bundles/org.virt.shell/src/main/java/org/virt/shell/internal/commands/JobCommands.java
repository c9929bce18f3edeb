package org.virt.shell.internal.commands;

import java.util.List;
import java.util.Locale;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.JobVerbs.JobOperation;
import org.virt.api.domain.JobVerbs.JobStats;
import org.virt.api.domain.JobVerbs.JobType;
import org.virt.api.domain.TypedParameter;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.Invocation;

/** Commands about the job that runs on a machine. */
public final class JobCommands {
  private static final long MIB = 1 << 20;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Verbs.domain("domjobinfo", "show the job of a domain")
            .flag("completed", "the one that ended last")
            .flag("keep-completed", "and keep its figures")
            .flag("anystats", "also figures that belong to a failed job")
            .flag("rawstats", "all figures, by their names")
            .does(this::info),
        Verbs.domain("domjobabort", "end the job of a domain")
            .does(call -> Verbs.of(call, JobVerbs.class).abortJob()));
  }

  private void info(Invocation call) throws Exception {
    boolean completed = call.arguments().has("completed");
    JobStats job =
        Verbs.of(call, JobVerbs.class)
            .jobStats(completed ? JobVerbs.Which.COMPLETED : JobVerbs.Which.RUNNING);
    field(call, "Job type:", job.type().text());
    if (job.type() == JobType.NONE) {
      return;
    }
    for (TypedParameter p : job.parameters().list()) {
      if (p.name().equals("operation")) {
        field(call, "Operation:", JobOperation.values()[(int) p.number()].text());
      } else {
        field(call, title(p.name()), value(p));
      }
    }
  }

  private static void field(Invocation call, String name, String value) {
    call.out().println("%-17s %s".formatted(name, value));
  }

  /** Turns {@code memory_total} into {@code Memory total:}. */
  private static String title(String name) {
    String words =
        switch (name) {
          case "memory_normal" -> "Normal pages";
          case "memory_constant" -> "Constant pages";
          default -> name.replace('_', ' ');
        };
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ":";
  }

  private static String value(TypedParameter p) {
    if (p.name().startsWith("time_")) {
      return "%-12d ms".formatted(p.number());
    }
    if (p.name().matches("(data|memory|disk)_(total|processed|remaining)")) {
      return String.format(Locale.ROOT, "%.3f MiB", p.number() / (double) MIB);
    }
    return p.text();
  }
}
