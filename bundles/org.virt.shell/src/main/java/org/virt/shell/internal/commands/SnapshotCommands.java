package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.DeleteFlag;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.RevertFlag;
import org.virt.api.domain.SnapshotVerbs.Snapshot;
import org.virt.api.domain.SnapshotVerbs.SnapshotFlag;
import org.virt.api.xml.XmlWriter;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands about snapshots. */
public final class SnapshotCommands {
  private static final String DOMAIN = "domain";
  private static final String ANY = "domain name, id or uuid";
  private static final String NAME = "snapshotname";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z").withZone(ZoneId.systemDefault());

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        of("snapshot-create-as", "take a snapshot of a domain")
            .optional("name", "its name", Values.NOTHING)
            .optional("description", "what it is for", Values.NOTHING)
            .flag("halt", "end the domain then")
            .flag("disk-only", "without memory")
            .flag("quiesce", "have the guest's tools bring file systems to rest")
            .does(this::createAs),
        of("snapshot-list", "list the snapshots of a domain")
            .flag("tree", "as a tree")
            .flag("name", "names only")
            .flag("parent", "with the parent of each")
            .does(this::list),
        of("snapshot-current", "print the snapshot that a domain goes on from")
            .flag("name", "its name only")
            .does(this::current),
        of("snapshot-dumpxml", "print the XML of a snapshot")
            .argument(NAME, "name of the snapshot", Values.NOTHING)
            .does(this::dumpxml),
        of("snapshot-revert", "bring a domain back to a snapshot")
            .optional(NAME, "name of the snapshot", Values.NOTHING)
            .flag("current", "the one that it goes on from")
            .flag("running", "have it run then")
            .flag("paused", "have it paused then")
            .flag("force", "even where that is risky")
            .does(this::revert),
        of("snapshot-delete", "delete a snapshot; the domain stays as it is")
            .optional(NAME, "name of the snapshot", Values.NOTHING)
            .flag("current", "the one that it goes on from")
            .flag("children", "and all that come after it")
            .flag("children-only", "only those that come after it")
            .does(this::delete));
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.SNAPSHOT, summary).argument(DOMAIN, ANY, Values.DOMAIN);
  }

  private static SnapshotVerbs verbs(Invocation call) throws CommandException {
    return call.domain().facet(SnapshotVerbs.class);
  }

  private void createAs(Invocation call) throws CommandException {
    Arguments given = call.arguments();
    XmlWriter xml = new XmlWriter().open("domainsnapshot");
    given.value("name").ifPresent(name -> xml.element("name", name));
    given.value("description").ifPresent(text -> xml.element("description", text));
    Set<SnapshotFlag> flags = EnumSet.noneOf(SnapshotFlag.class);
    add(given, "halt", flags, SnapshotFlag.HALT);
    add(given, "disk-only", flags, SnapshotFlag.DISK_ONLY);
    add(given, "quiesce", flags, SnapshotFlag.QUIESCE);
    SnapshotVerbs verbs = verbs(call);
    String name =
        attempt(
            "Failed to create snapshot", () -> verbs.createSnapshot(xml.close().toString(), flags));
    call.confirm("Domain snapshot " + name + " created");
  }

  private static <F> void add(Arguments given, String name, Set<F> flags, F flag) {
    if (given.has(name)) {
      flags.add(flag);
    }
  }

  private static List<Snapshot> all(SnapshotVerbs verbs) throws CommandException {
    return attempt("failed to list snapshots", verbs::snapshots);
  }

  private void list(Invocation call) throws CommandException {
    List<Snapshot> all = all(verbs(call));
    if (call.arguments().has("tree")) {
      StringBuilder text = new StringBuilder();
      tree(all, Optional.empty(), "", text);
      call.out().print(text);
      return;
    }
    if (call.arguments().has("name")) {
      all.forEach(snapshot -> call.out().println(snapshot.name()));
      return;
    }
    boolean parents = call.arguments().has("parent");
    Table table =
        parents
            ? new Table("Name", "Creation Time", "State", "Parent")
            : new Table("Name", "Creation Time", "State");
    for (Snapshot one : all) {
      String time = TIME.format(one.created());
      String state = one.state().text().replace(" ", "");
      if (parents) {
        table.row(one.name(), time, state, one.parent().orElse(""));
      } else {
        table.row(one.name(), time, state);
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  /** Draws as virsh does: roots at the left, each level below two columns further in. */
  private static void tree(
      List<Snapshot> all, Optional<String> parent, String indent, StringBuilder text) {
    List<Snapshot> level = all.stream().filter(one -> one.parent().equals(parent)).toList();
    for (int i = 0; i < level.size(); i++) {
      String name = level.get(i).name();
      boolean last = i + 1 == level.size();
      if (parent.isEmpty()) {
        text.append(name).append('\n');
        below(all, name, "  ", text);
        text.append('\n');
      } else {
        text.append(indent).append("+- ").append(name).append('\n');
        below(all, name, indent + (last ? "    " : "|   "), text);
      }
    }
  }

  private static void below(List<Snapshot> all, String name, String indent, StringBuilder text) {
    if (all.stream().anyMatch(one -> one.parent().equals(Optional.of(name)))) {
      text.append(indent).append("|\n");
      tree(all, Optional.of(name), indent, text);
    }
  }

  private static String currentName(SnapshotVerbs verbs) throws CommandException {
    return all(verbs).stream()
        .filter(one -> one.place() == Place.CURRENT)
        .map(Snapshot::name)
        .findFirst()
        .orElseThrow(() -> new CommandException("the domain has no current snapshot"));
  }

  private void current(Invocation call) throws CommandException {
    SnapshotVerbs verbs = verbs(call);
    String name = currentName(verbs);
    call.out()
        .print(
            call.arguments().has("name")
                ? name + "\n"
                : attempt("failed to get snapshot XML", () -> verbs.snapshotXml(name)));
  }

  private void dumpxml(Invocation call) throws CommandException {
    SnapshotVerbs verbs = verbs(call);
    String name = call.arguments().required(NAME);
    call.out().print(attempt("failed to get snapshot XML", () -> verbs.snapshotXml(name)));
  }

  private static String name(Invocation call, SnapshotVerbs verbs)
      throws CommandException, UsageException {
    Optional<String> name = call.arguments().value(NAME);
    if (name.isPresent() == call.arguments().has("current")) {
      throw new UsageException("either the name of a snapshot or --current is required");
    }
    return name.isPresent() ? name.get() : currentName(verbs);
  }

  private void revert(Invocation call) throws CommandException, UsageException {
    SnapshotVerbs verbs = verbs(call);
    String name = name(call, verbs);
    Set<RevertFlag> flags = EnumSet.noneOf(RevertFlag.class);
    add(call.arguments(), "running", flags, RevertFlag.RUNNING);
    add(call.arguments(), "paused", flags, RevertFlag.PAUSED);
    add(call.arguments(), "force", flags, RevertFlag.FORCE);
    attempt("Failed to revert to snapshot " + name, () -> verbs.revertToSnapshot(name, flags));
    call.confirm("Domain snapshot " + name + " reverted");
  }

  private void delete(Invocation call) throws CommandException, UsageException {
    SnapshotVerbs verbs = verbs(call);
    String name = name(call, verbs);
    Set<DeleteFlag> flags = EnumSet.noneOf(DeleteFlag.class);
    add(call.arguments(), "children", flags, DeleteFlag.CHILDREN);
    add(call.arguments(), "children-only", flags, DeleteFlag.CHILDREN_ONLY);
    attempt("Failed to delete snapshot " + name, () -> verbs.deleteSnapshot(name, flags));
    call.confirm(
        flags.contains(DeleteFlag.CHILDREN_ONLY)
            ? "Domain snapshot " + name + " children deleted"
            : "Domain snapshot " + name + " deleted");
  }
}
