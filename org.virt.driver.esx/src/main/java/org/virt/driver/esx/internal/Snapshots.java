package org.virt.driver.esx.internal;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Flag;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.format.vmx.VmxText;

/** Snapshots of one machine. */
final class Snapshots implements SnapshotVerbs {
  private final Machines machines;
  private final Tasks tasks;
  private final DomainId id;

  Snapshots(Machines machines, Tasks tasks, DomainId id) {
    this.machines = machines;
    this.tasks = tasks;
    this.id = id;
  }

  /** A snapshot and what the host calls it. */
  private record Entry(Snapshot snapshot, Ref ref, List<Ref> children) {}

  @Override
  public List<Snapshot> snapshots() throws VirtException {
    return entries("list snapshots of domain " + id).stream().map(Entry::snapshot).toList();
  }

  private List<Entry> entries(String action) throws VirtException {
    Node info = machines.get(action, id, "snapshot").node("snapshot");
    List<Entry> entries = new ArrayList<>();
    Ref current = info.at("currentSnapshot").ref();
    for (Node root : info.all("rootSnapshotList")) {
      collect(root, Optional.empty(), current, entries);
    }
    return entries;
  }

  private static void collect(
      Node tree, Optional<String> parent, Ref current, List<Entry> entries) {
    String name = VmxText.unescapeName(tree.text("name"));
    Ref ref = tree.at("snapshot").ref();
    List<Node> children = tree.all("childSnapshotList");
    Snapshot snapshot =
        new Snapshot(
            name,
            parent,
            tree.text("description"),
            time(tree.text("createTime")),
            Machines.status(tree.text("state")).state(),
            ref.equals(current) ? Place.CURRENT : Place.ELSEWHERE);
    entries.add(
        new Entry(snapshot, ref, children.stream().map(c -> c.at("snapshot").ref()).toList()));
    for (Node child : children) {
      collect(child, Optional.of(name), current, entries);
    }
  }

  static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  private Entry find(String action, String name) throws VirtException {
    List<Entry> found =
        entries(action).stream().filter(e -> e.snapshot().name().equals(name)).toList();
    if (found.isEmpty()) {
      throw new VirtException(
          ErrorCode.NO_DOMAIN_SNAPSHOT,
          "%s: domain snapshot not found: no domain snapshot with matching name '%s'"
              .formatted(action, name));
    }
    if (found.size() > 1) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "%s: %d snapshots are named '%s'".formatted(action, found.size(), name));
    }
    return found.get(0);
  }

  @Override
  public String createSnapshot(String xml, Set<SnapshotFlag> flags) throws VirtException {
    String action = "take snapshot of domain " + id;
    only(action, flags, Set.of(SnapshotFlag.DISK_ONLY, SnapshotFlag.QUIESCE));
    XmlElement given = SafeXml.tree("snapshot XML", xml);
    if (!given.name().equals("domainsnapshot")) {
      throw new VirtException(
          ErrorCode.XML_ERROR, "read snapshot XML: the document is a <" + given.name() + ">");
    }
    String name =
        text(given, "name").orElseGet(() -> Long.toString(Instant.now().getEpochSecond()));
    boolean taken = entries(action).stream().anyMatch(e -> e.snapshot().name().equals(name));
    if (taken) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, action + ": snapshot '" + name + "' already exists");
    }
    Found machine = machines.get(action, id, Machines.STATE);
    boolean memory =
        !flags.contains(SnapshotFlag.DISK_ONLY)
            && !flags.contains(SnapshotFlag.QUIESCE)
            && machine.text(Machines.STATE).equals(Power.ON);
    Body body =
        new Body()
            .text("name", VmxText.escapeName(name))
            .text("description", text(given, "description").orElse(""))
            .text("memory", memory)
            .text("quiesce", flags.contains(SnapshotFlag.QUIESCE));
    tasks.run(action, "CreateSnapshot_Task", machine.ref(), body);
    return name;
  }

  private static Optional<String> text(XmlElement element, String child) {
    return element.child(child).map(found -> found.text().strip()).filter(t -> !t.isEmpty());
  }

  private static <F extends Enum<F> & Flag> void only(String action, Set<F> given, Set<F> known)
      throws VirtException {
    String others =
        given.stream()
            .filter(flag -> !known.contains(flag))
            .map(Enum::name)
            .sorted()
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED, action + ": not with VMware: " + others);
    }
  }

  @Override
  public String snapshotXml(String name) throws VirtException {
    Snapshot one = find("get XML of snapshot " + name, name).snapshot();
    XmlWriter out = new XmlWriter().open("domainsnapshot").element("name", one.name());
    if (!one.description().isEmpty()) {
      out.element("description", one.description());
    }
    String state = one.state() == DomainState.SHUTOFF ? "shutoff" : one.state().text();
    out.element("state", state);
    if (one.parent().isPresent()) {
      out.open("parent").element("name", one.parent().get()).close();
    }
    out.element("creationTime", one.created().getEpochSecond());
    out.open("domain").element("uuid", id).close();
    return out.close().toString();
  }

  @Override
  public void revertToSnapshot(String name, Set<RevertFlag> flags) throws VirtException {
    String action = "revert domain " + id + " to snapshot " + name;
    only(action, flags, Set.of());
    tasks.run(action, "RevertToSnapshot_Task", find(action, name).ref(), new Body());
  }

  @Override
  public void deleteSnapshot(String name, Set<DeleteFlag> flags) throws VirtException {
    String action = "delete snapshot " + name + " of domain " + id;
    only(action, flags, Set.of(DeleteFlag.CHILDREN, DeleteFlag.CHILDREN_ONLY));
    Entry entry = find(action, name);
    if (!flags.contains(DeleteFlag.CHILDREN_ONLY)) {
      remove(action, entry.ref(), flags.contains(DeleteFlag.CHILDREN));
      return;
    }
    for (Ref child : entry.children()) {
      remove(action, child, true);
    }
  }

  private void remove(String action, Ref snapshot, boolean children) throws VirtException {
    tasks.run(action, "RemoveSnapshot_Task", snapshot, new Body().text("removeChildren", children));
  }
}
