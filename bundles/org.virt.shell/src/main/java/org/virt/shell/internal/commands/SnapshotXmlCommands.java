package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.Snapshot;
import org.virt.api.domain.SnapshotVerbs.SnapshotFlag;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands that take snapshots by XML, and that tell of one snapshot. */
public final class SnapshotXmlCommands {
  private static final String DOMAIN = "domain";
  private static final String NAME = "snapshotname";
  private static final String FILE = "xmlfile";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        of("snapshot-create", "take a snapshot of a domain as an XML file says")
            .optional(FILE, "file with snapshot XML", Values.FILE)
            .flag("redefine", "make it known again that there is one")
            .flag("current", "have the domain go on from it; with --redefine")
            .flag("halt", "end the domain then")
            .flag("disk-only", "without memory")
            .flag("quiesce", "have the guest's tools bring file systems to rest")
            .does(this::create),
        of("snapshot-info", "show what there is to know about a snapshot")
            .argument(NAME, "name of the snapshot", Values.NOTHING)
            .does(this::info),
        of("snapshot-parent", "print the name of the snapshot before another")
            .argument(NAME, "name of the snapshot", Values.NOTHING)
            .does(this::parent));
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.SNAPSHOT, summary)
        .argument(DOMAIN, "domain name, id or uuid", Values.DOMAIN);
  }

  private static SnapshotVerbs verbs(Invocation call) throws CommandException {
    return call.domain().facet(SnapshotVerbs.class);
  }

  private void create(Invocation call) throws CommandException {
    boolean given = call.arguments().value(FILE).isPresent();
    String xml = given ? call.file(FILE) : "<domainsnapshot/>";
    Set<SnapshotFlag> flags = EnumSet.noneOf(SnapshotFlag.class);
    for (SnapshotFlag flag :
        List.of(
            SnapshotFlag.REDEFINE,
            SnapshotFlag.CURRENT,
            SnapshotFlag.HALT,
            SnapshotFlag.DISK_ONLY,
            SnapshotFlag.QUIESCE)) {
      String option = flag.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      if (call.arguments().has(option)) {
        flags.add(flag);
      }
    }
    SnapshotVerbs verbs = verbs(call);
    String name = attempt("Failed to create snapshot", () -> verbs.createSnapshot(xml, flags));
    String from = given ? " from '" + call.arguments().required(FILE) + "'" : "";
    call.confirm("Domain snapshot " + name + " created" + from);
  }

  private static Snapshot find(List<Snapshot> all, String name) throws CommandException {
    return all.stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandException(
                    "failed to get snapshot '" + name + "'",
                    new VirtException(
                        ErrorCode.NO_DOMAIN_SNAPSHOT,
                        "Domain snapshot not found: no domain snapshot with matching name '"
                            + name
                            + "'")));
  }

  private void info(Invocation call) throws CommandException {
    String domain = call.arguments().required(DOMAIN);
    List<Snapshot> all = attempt("failed to list snapshots", verbs(call)::snapshots);
    Snapshot one = find(all, call.arguments().required(NAME));
    line(call, "Name:", one.name());
    line(call, "Domain:", domain);
    line(call, "Current:", one.place() == Place.CURRENT ? "yes" : "no");
    line(call, "State:", one.state().text().replace(" ", ""));
    line(call, "Parent:", one.parent().orElse("-"));
    line(call, "Children:", children(all, Set.of(one.name())).size());
    line(call, "Descendants:", descendants(all, one));
  }

  private static Set<String> children(List<Snapshot> all, Set<String> parents) {
    Set<String> children = new HashSet<>();
    for (Snapshot one : all) {
      if (one.parent().filter(parents::contains).isPresent()) {
        children.add(one.name());
      }
    }
    return children;
  }

  private static int descendants(List<Snapshot> all, Snapshot top) {
    int count = 0;
    Set<String> level = children(all, Set.of(top.name()));
    while (!level.isEmpty()) {
      count += level.size();
      level = children(all, level);
    }
    return count;
  }

  private static void line(Invocation call, String name, Object value) {
    call.out().println(String.format("%-15s %s", name, value));
  }

  private void parent(Invocation call) throws CommandException {
    List<Snapshot> all = attempt("failed to list snapshots", verbs(call)::snapshots);
    Snapshot one = find(all, call.arguments().required(NAME));
    Optional<String> parent = one.parent();
    if (parent.isEmpty()) {
      throw new CommandException("snapshot '" + one.name() + "' has no parent");
    }
    call.out().println(parent.get());
  }
}
