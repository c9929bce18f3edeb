package org.virt.shell.internal.commands;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Table;

/** Commands about the runtime itself and what it finds on this host. */
public final class RuntimeCommands {
  private static final int SUBJECT_WIDTH = 6;
  private static final int CHECK_WIDTH = 60;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named(
                "bundles", Group.RUNTIME, "list the bundles, and what each lacks on this host")
            .does(this::bundles),
        Command.named(
                "host-validate", Group.HOST, "check what this host can do, and say what is missing")
            .does(this::validate),
        Command.named("demo", Group.RUNTIME, "show the main job with a real guest")
            .does(this::demo));
  }

  private void bundles(Invocation call) {
    Map<Bundle, List<Finding>> findings = call.services().findings();
    Table table = new Table("Id", "State", "Version", "Name", "Missing");
    for (Bundle bundle : call.services().bundles()) {
      String missing =
          findings.getOrDefault(bundle, List.of()).stream()
              .filter(finding -> finding.result() != Result.PASS)
              .map(finding -> finding.what() + hint(finding))
              .collect(Collectors.joining("; "));
      table.row(
          Long.toString(bundle.getBundleId()),
          state(bundle),
          bundle.getVersion().toString(),
          bundle.getSymbolicName(),
          missing.isEmpty() ? "-" : missing);
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static String state(Bundle bundle) {
    return switch (bundle.getState()) {
      case Bundle.INSTALLED -> "installed";
      case Bundle.RESOLVED -> "resolved";
      case Bundle.STARTING -> "starting";
      case Bundle.STOPPING -> "stopping";
      case Bundle.ACTIVE -> "active";
      default -> "uninstalled";
    };
  }

  private void validate(Invocation call) throws CommandException {
    Map<String, List<Finding>> bySubject =
        call.services().findings().values().stream()
            .flatMap(List::stream)
            .collect(Collectors.groupingBy(Finding::subject, TreeMap::new, Collectors.toList()));
    boolean failed = false;
    for (List<Finding> findings : bySubject.values()) {
      for (Finding finding : findings) {
        call.out().println(line(finding));
        failed |= finding.result() == Result.FAIL;
      }
    }
    if (failed) {
      // The lines have said it all.
      throw new CommandException("");
    }
  }

  private static String line(Finding finding) {
    String subject = finding.subject().toUpperCase(Locale.ROOT);
    String result = finding.result() + (finding.result() == Result.PASS ? "" : hint(finding));
    return String.format(
        "%" + SUBJECT_WIDTH + "s: Checking for %-" + CHECK_WIDTH + "s: %s",
        subject,
        finding.what(),
        result);
  }

  private static String hint(Finding finding) {
    String text =
        finding.remedy().isEmpty() || finding.detail().isEmpty()
            ? finding.detail() + finding.remedy()
            : finding.detail() + "; " + finding.remedy();
    return text.isEmpty() ? "" : " (" + text + ")";
  }

  private void demo(Invocation call) throws CommandException {
    int status = call.peer().demo();
    if (status != 0) {
      throw new CommandException("the demonstration ended with status " + status);
    }
  }
}
