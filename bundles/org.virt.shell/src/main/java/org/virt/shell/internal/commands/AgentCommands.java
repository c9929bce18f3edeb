package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.AgentVerbs.FileSystem;
import org.virt.api.domain.AgentVerbs.GuestTime;
import org.virt.api.domain.AgentVerbs.InfoGroup;
import org.virt.api.domain.AgentVerbs.KeyChange;
import org.virt.api.domain.AgentVerbs.PasswordForm;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.SleepTarget;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.QemuVerbs.Language;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands that the guest's agent carries out, and those that go straight to QEMU. */
public final class AgentCommands {
  private static final String MOUNTPOINT = "mountpoint";
  private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final int AGENT_SECONDS = 5;

  /** Returns the commands. */
  public List<Command> commands() {
    Command.Builder info = Verbs.domain("guestinfo", "show what the guest says of itself");
    for (InfoGroup group : InfoGroup.values()) {
      info.flag(word(group), "about " + word(group));
    }
    return List.of(
        Verbs.domain("domfsfreeze", "freeze file systems in the guest")
            .optionals(MOUNTPOINT, "which; all if not given", Values.NOTHING)
            .does(this::freeze),
        Verbs.domain("domfsthaw", "thaw file systems in the guest")
            .optionals(MOUNTPOINT, "which; all if not given", Values.NOTHING)
            .does(this::thaw),
        Verbs.domain("domfstrim", "have the guest give free blocks back")
            .option("minimum", "smallest piece, bytes", Values.NOTHING)
            .option(MOUNTPOINT, "which file system; all if not given", Values.NOTHING)
            .does(this::trim),
        Verbs.domain("domfsinfo", "list the mounted file systems").does(this::fileSystems),
        info.does(this::info),
        Verbs.domain("domhostname", "show the guest's host name")
            .option("source", "agent", Values.NOTHING)
            .does(this::hostname),
        Verbs.domain("domtime", Group.MONITOR, "show or set the guest's clock")
            .flag("now", "set it to this client's time")
            .flag("pretty", "print date and time")
            .flag("sync", "set it from its real time clock")
            .option("time", "set it to seconds since 1970", Values.NOTHING)
            .does(this::time),
        Verbs.domain("set-user-password", "set the password of a user in the guest")
            .argument("user", "the user", Values.NOTHING)
            .argument("password", "the password", Values.NOTHING)
            .flag("encrypted", "it is encrypted already")
            .does(this::password),
        Verbs.domain("get-user-sshkeys", "list the SSH keys of a user in the guest")
            .argument("user", "the user", Values.NOTHING)
            .does(this::keys),
        Verbs.domain("set-user-sshkeys", "set the SSH keys of a user in the guest")
            .argument("user", "the user", Values.NOTHING)
            .option("file", "file with keys, one a line", Values.FILE)
            .flag("reset", "in place of those that there are")
            .flag("remove", "remove them")
            .does(this::setKeys),
        Verbs.domain("guest-agent-timeout", "limit the time that the guest's agent may take")
            .argument("timeout", "seconds, -2 for no limit, -1 for the usual", Values.NOTHING)
            .does(this::timeout),
        Verbs.domain("dompmsuspend", "have the guest sleep")
            .argument("target", "mem, disk or hybrid", Values.NOTHING)
            .does(this::sleep),
        Verbs.domain("dompmwakeup", "wake the guest").does(this::wake),
        Verbs.domain("qemu-agent-command", "give the guest's agent a command")
            .arguments("cmd", "JSON", Values.NOTHING)
            .option("timeout", "seconds", Values.NOTHING)
            .flag("pretty", "with line breaks")
            .does(this::agent),
        Verbs.domain("qemu-monitor-command", "give the monitor a command")
            .arguments("cmd", "JSON, or with --hmp a command for people", Values.NOTHING)
            .flag("hmp", "a command for people")
            .flag("pretty", "with line breaks")
            .flag("return-value", "what is in 'return' only")
            .does(this::monitor));
  }

  private static String word(InfoGroup group) {
    return switch (group) {
      case USERS -> "user";
      case INTERFACES -> "interface";
      case DISKS -> "disk";
      default -> group.name().toLowerCase(Locale.ROOT);
    };
  }

  private static AgentVerbs verbs(Invocation call) throws CommandException {
    return Verbs.of(call, AgentVerbs.class);
  }

  private void freeze(Invocation call) throws Exception {
    AgentVerbs verbs = verbs(call);
    List<String> points = call.arguments().values(MOUNTPOINT);
    int count = attempt("Unable to freeze filesystems", () -> verbs.fsFreeze(points));
    call.confirm("Froze " + count + " filesystem(s)");
  }

  private void thaw(Invocation call) throws Exception {
    AgentVerbs verbs = verbs(call);
    List<String> points = call.arguments().values(MOUNTPOINT);
    int count = attempt("Unable to thaw filesystems", () -> verbs.fsThaw(points));
    call.confirm("Thawed " + count + " filesystem(s)");
  }

  private void trim(Invocation call) throws Exception {
    Optional<String> minimum = call.arguments().value("minimum");
    long bytes = minimum.isEmpty() ? 0 : Verbs.bytes("minimum", minimum.get(), 1);
    AgentVerbs verbs = verbs(call);
    attempt(
        "Unable to invoke fstrim", () -> verbs.fsTrim(call.arguments().value(MOUNTPOINT), bytes));
  }

  private void fileSystems(Invocation call) throws Exception {
    AgentVerbs verbs = verbs(call);
    List<FileSystem> all = attempt("Unable to get filesystem information", verbs::fsInfo);
    if (all.isEmpty()) {
      call.confirm("No filesystems are mounted in the domain");
      return;
    }
    Table table = new Table("Mountpoint", "Name", "Type", "Target");
    for (FileSystem fs : all) {
      table.row(fs.mountpoint(), fs.name(), fs.type(), String.join(",", fs.disks()));
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void info(Invocation call) throws Exception {
    Set<InfoGroup> groups = EnumSet.noneOf(InfoGroup.class);
    for (InfoGroup group : InfoGroup.values()) {
      if (call.arguments().has(word(group))) {
        groups.add(group);
      }
    }
    verbs(call).guestInfo(groups).list().stream()
        .map(p -> "%-20s: %s".formatted(p.name(), p.text()))
        .forEach(call.out()::println);
  }

  private void hostname(Invocation call) throws Exception {
    AgentVerbs verbs = verbs(call);
    call.out().println(attempt("failed to get hostname", verbs::hostname));
  }

  private void time(Invocation call) throws Exception {
    Arguments given = call.arguments();
    AgentVerbs verbs = verbs(call);
    OptionalLong seconds = Verbs.number(call, "time");
    long ways = List.of("now", "sync", "time").stream().filter(given::has).count();
    if (ways > 1) {
      throw new UsageException("Options --now, --sync and --time are mutually exclusive");
    }
    if (given.has("sync")) {
      verbs.setTime(Optional.empty());
    } else if (given.has("now") || seconds.isPresent()) {
      long second = seconds.orElse(Instant.now().getEpochSecond());
      verbs.setTime(Optional.of(new GuestTime(second, 0)));
    } else {
      GuestTime time = verbs.time();
      String text =
          given.has("pretty")
              ? UTC.format(
                  LocalDateTime.ofEpochSecond(time.seconds(), time.nanoseconds(), ZoneOffset.UTC))
              : Long.toString(time.seconds());
      call.out().println("Time: " + text);
    }
  }

  private void password(Invocation call) throws Exception {
    String user = call.arguments().required("user");
    PasswordForm form =
        call.arguments().has("encrypted") ? PasswordForm.ENCRYPTED : PasswordForm.PLAIN;
    verbs(call).setUserPassword(user, call.arguments().required("password"), form);
    call.confirm("Password set successfully for " + user + " in " + Verbs.name(call));
  }

  private void keys(Invocation call) throws Exception {
    verbs(call).authorizedSshKeys(call.arguments().required("user")).forEach(call.out()::println);
  }

  private void setKeys(Invocation call) throws Exception {
    Arguments given = call.arguments();
    if (given.has("reset") && given.has("remove")) {
      throw new UsageException("Options --reset and --remove are mutually exclusive");
    }
    List<String> keys =
        given.value("file").isPresent()
            ? call.file("file").lines().filter(line -> !line.isBlank()).toList()
            : List.of();
    KeyChange change =
        given.has("reset")
            ? KeyChange.REPLACE
            : given.has("remove") ? KeyChange.REMOVE : KeyChange.APPEND;
    verbs(call).setAuthorizedSshKeys(given.required("user"), keys, change);
  }

  private void timeout(Invocation call) throws Exception {
    int seconds = (int) Verbs.number(call, "timeout").orElse(-1);
    AgentVerbs verbs = verbs(call);
    attempt(
        "Unable to set the response timeout of the guest agent",
        () -> verbs.setResponseTimeout(seconds));
  }

  private void sleep(Invocation call) throws Exception {
    SleepTarget target =
        Verbs.constant(SleepTarget.class, call.arguments().required("target"), "target");
    LifeVerbs verbs = Verbs.of(call, LifeVerbs.class);
    String name = Verbs.name(call);
    attempt("Domain '" + name + "' could not be suspended", () -> verbs.pmSuspend(target));
    call.confirm("Domain '" + name + "' successfully suspended");
  }

  private void wake(Invocation call) throws Exception {
    LifeVerbs verbs = Verbs.of(call, LifeVerbs.class);
    String name = Verbs.name(call);
    attempt("Domain '" + name + "' could not be woken up", verbs::pmWakeup);
    call.confirm("Domain '" + name + "' successfully woken up");
  }

  private void agent(Invocation call) throws Exception {
    long seconds = Verbs.number(call, "timeout").orElse(AGENT_SECONDS);
    String command = String.join(" ", call.arguments().values("cmd"));
    QemuVerbs verbs = Verbs.of(call, QemuVerbs.class);
    String answer = verbs.agentCommand(command, Duration.ofSeconds(seconds));
    call.out().println(call.arguments().has("pretty") ? JsonText.pretty(answer) : answer);
  }

  private void monitor(Invocation call) throws Exception {
    Arguments given = call.arguments();
    boolean people = given.has("hmp");
    if (people && (given.has("pretty") || given.has("return-value"))) {
      throw new UsageException(
          "Options --hmp and --pretty or --return-value are mutually exclusive");
    }
    QemuVerbs verbs = Verbs.of(call, QemuVerbs.class);
    String command = String.join(" ", given.values("cmd"));
    String answer = verbs.monitorCommand(command, people ? Language.HMP : Language.QMP);
    if (given.has("return-value")) {
      answer = JsonText.member(answer, "return");
    }
    call.out().println(given.has("pretty") ? JsonText.pretty(answer) : answer);
  }
}
