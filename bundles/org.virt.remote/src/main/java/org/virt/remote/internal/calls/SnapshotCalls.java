package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.virt.api.Domain;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.DeleteFlag;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.RevertFlag;
import org.virt.api.domain.SnapshotVerbs.Snapshot;
import org.virt.api.domain.SnapshotVerbs.SnapshotFlag;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Snapshots of machines. A driver without them has none. */
final class SnapshotCalls {
  private static final StructType SNAPSHOT =
      Protocol.libvirt().struct("remote_nonnull_domain_snapshot");

  /** {@code virDomainSnapshotListFlags}. */
  private static final int LIST_FLAGS = 0x7ff;

  private static final int ROOTS = 1;
  private static final int DESCENDANTS = 1;
  private static final int METADATA = 2;
  private static final int LEAVES = 4;
  private static final int NO_LEAVES = 8;
  private static final int NO_METADATA = 16;
  private static final int INACTIVE = 32;
  private static final int ACTIVE = 64;
  private static final int DISK_ONLY = 128;
  private static final int INTERNAL = 256;
  private static final int EXTERNAL = 512;

  void declare(Declarations all) {
    declareLists(all);
    declareChildren(all);
    declareOne(all);
  }

  private static void declareLists(Declarations all) {
    all.on("domain_snapshot_num", call -> call.reply(ofDomain(call).size()))
        .on("domain_snapshot_list_names", call -> names(call, ofDomain(call)))
        .on(
            "domain_list_all_snapshots",
            call -> listed(call, call.args().struct("dom"), ofDomain(call)))
        .on(
            "domain_snapshot_lookup_by_name",
            call -> {
              call.noFlags();
              XdrStruct domain = call.args().struct("dom");
              return call.reply(named(domain, find(all(call.domain(domain)), call.text("name"))));
            })
        .on(
            "domain_has_current_snapshot",
            call -> {
              call.noFlags();
              return call.reply(current(all(call.domain())).isPresent() ? 1 : 0);
            })
        .on(
            "domain_snapshot_current",
            call -> {
              call.noFlags();
              Snapshot current =
                  current(all(call.domain()))
                      .orElseThrow(
                          () ->
                              new VirtException(
                                  ErrorCode.NO_DOMAIN_SNAPSHOT,
                                  "the domain does not have a current snapshot"));
              return call.reply(named(call.args().struct("dom"), current));
            });
  }

  private static void declareChildren(Declarations all) {
    all.on("domain_snapshot_num_children", call -> call.reply(children(call, "snap").size()))
        .on("domain_snapshot_list_children_names", call -> names(call, children(call, "snap")))
        .on(
            "domain_snapshot_list_all_children",
            call ->
                listed(
                    call,
                    call.args().struct("snapshot").struct("dom"),
                    children(call, "snapshot")));
  }

  private static void declareOne(Declarations all) {
    all.on(
            "domain_snapshot_create_xml",
            call -> {
              Domain domain = call.domain();
              String name =
                  domain
                      .facet(SnapshotVerbs.class)
                      .createSnapshot(call.text("xml_desc"), call.flags(SnapshotFlag.class));
              return call.reply(SNAPSHOT.of(name, call.args().struct("dom")));
            })
        .on(
            "domain_snapshot_get_xml_desc",
            call -> {
              call.onlyFlags(1);
              return call.reply(verbs(call).snapshotXml(name(call)));
            })
        .on(
            "domain_snapshot_get_parent",
            call -> {
              call.noFlags();
              String parent =
                  snapshot(call)
                      .parent()
                      .orElseThrow(
                          () ->
                              new VirtException(
                                  ErrorCode.NO_DOMAIN_SNAPSHOT,
                                  "snapshot '" + name(call) + "' does not have a parent"));
              return call.reply(SNAPSHOT.of(parent, call.args().struct("snap").struct("dom")));
            })
        .on(
            "domain_snapshot_is_current",
            call -> {
              call.noFlags();
              return call.reply(snapshot(call).place() == Place.CURRENT ? 1 : 0);
            })
        .on(
            "domain_snapshot_has_metadata",
            call -> {
              call.noFlags();
              // What drivers list is what they keep: whether there is such a snapshot is all.
              snapshot(call);
              return call.reply(1);
            })
        .on(
            "domain_revert_to_snapshot",
            call -> {
              verbs(call).revertToSnapshot(name(call), call.flags(RevertFlag.class));
              return call.reply();
            })
        .on(
            "domain_snapshot_delete",
            call -> {
              verbs(call).deleteSnapshot(name(call), call.flags(DeleteFlag.class));
              return call.reply();
            });
  }

  private static SnapshotVerbs verbs(Call call) throws VirtException {
    return call.domain(call.args().struct("snap").struct("dom")).facet(SnapshotVerbs.class);
  }

  private static String name(Call call) {
    return call.args().struct("snap").text("name");
  }

  private static Snapshot snapshot(Call call) throws VirtException {
    return find(verbs(call).snapshots(), name(call));
  }

  private static List<Snapshot> all(Domain domain) throws VirtException {
    return Absent.asEmpty(() -> domain.facet(SnapshotVerbs.class).snapshots());
  }

  private static Optional<Snapshot> current(List<Snapshot> all) {
    return all.stream().filter(s -> s.place() == Place.CURRENT).findFirst();
  }

  private static Snapshot find(List<Snapshot> all, String name) throws VirtException {
    return all.stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_DOMAIN_SNAPSHOT,
                    "no domain snapshot with matching name '" + name + "'"));
  }

  private static List<Snapshot> ofDomain(Call call) throws VirtException {
    call.onlyFlags(LIST_FLAGS);
    List<Snapshot> all = all(call.domain());
    boolean roots = (call.flags() & ROOTS) != 0;
    return filtered(call, all, s -> !roots || s.parent().isEmpty());
  }

  private static List<Snapshot> children(Call call, String field) throws VirtException {
    call.onlyFlags(LIST_FLAGS);
    XdrStruct snapshot = call.args().struct(field);
    List<Snapshot> all = call.domain(snapshot.struct("dom")).facet(SnapshotVerbs.class).snapshots();
    Snapshot top = find(all, snapshot.text("name"));
    boolean deep = (call.flags() & DESCENDANTS) != 0;
    return filtered(call, all, s -> isBelow(s, top, all, deep));
  }

  private static boolean isBelow(Snapshot one, Snapshot top, List<Snapshot> all, boolean deep) {
    Optional<String> parent = one.parent();
    while (parent.isPresent()) {
      String name = parent.get();
      if (name.equals(top.name())) {
        return true;
      }
      parent =
          deep
              ? all.stream()
                  .filter(s -> s.name().equals(name))
                  .findFirst()
                  .flatMap(Snapshot::parent)
              : Optional.empty();
    }
    return false;
  }

  private static List<Snapshot> filtered(Call call, List<Snapshot> all, Predicate<Snapshot> place) {
    int flags = call.flags();
    return all.stream()
        .filter(place)
        .filter(s -> group(flags, LEAVES | NO_LEAVES, isLeaf(s, all) ? LEAVES : NO_LEAVES))
        .filter(s -> group(flags, METADATA | NO_METADATA, METADATA))
        .filter(s -> group(flags, INACTIVE | ACTIVE | DISK_ONLY, activity(s)))
        .filter(s -> group(flags, INTERNAL | EXTERNAL, INTERNAL))
        .toList();
  }

  private static boolean group(int flags, int group, int bit) {
    return (flags & group) == 0 || (flags & bit) != 0;
  }

  private static int activity(Snapshot snapshot) {
    return snapshot.state() == DomainState.SHUTOFF ? INACTIVE : ACTIVE;
  }

  private static boolean isLeaf(Snapshot snapshot, List<Snapshot> all) {
    return all.stream().noneMatch(s -> s.parent().equals(Optional.of(snapshot.name())));
  }

  private static XdrStruct names(Call call, List<Snapshot> snapshots) {
    return call.reply(
        snapshots.stream()
            .map(Snapshot::name)
            .limit(Math.max(0, call.integer("maxnames")))
            .toList());
  }

  private static XdrStruct listed(Call call, XdrStruct domain, List<Snapshot> snapshots) {
    boolean wanted = call.integer("need_results") != 0;
    List<XdrStruct> all = snapshots.stream().map(s -> named(domain, s)).toList();
    return call.reply(wanted ? all : List.of(), all.size());
  }

  private static XdrStruct named(XdrStruct domain, Snapshot snapshot) {
    return SNAPSHOT.of(snapshot.name(), domain);
  }
}
