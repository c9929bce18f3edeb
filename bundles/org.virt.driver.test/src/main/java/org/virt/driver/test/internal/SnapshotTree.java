package org.virt.driver.test.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** The snapshots of one machine; guarded by its host. */
final class SnapshotTree {
  private final Map<String, TestSnapshot> byName = new LinkedHashMap<>();
  private Optional<String> current = Optional.empty();

  int size() {
    return byName.size();
  }

  boolean contains(String name) {
    return byName.containsKey(name);
  }

  Optional<String> current() {
    return current;
  }

  void makeCurrent(String name) {
    current = Optional.of(name);
  }

  void clear() {
    byName.clear();
    current = Optional.empty();
  }

  TestSnapshot find(String name) throws VirtException {
    TestSnapshot found = byName.get(name);
    if (found == null) {
      throw new VirtException(
          ErrorCode.NO_DOMAIN_SNAPSHOT,
          "Domain snapshot not found: no domain snapshot with matching name '" + name + "'");
    }
    return found;
  }

  /** Puts a snapshot in, or in place of one of its name; it may not come after itself. */
  void put(TestSnapshot snapshot) throws VirtException {
    Optional<String> parent = snapshot.parent();
    if (parent.isPresent() && !contains(parent.get())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "invalid argument: parent %s for moment %s not found"
              .formatted(parent.get(), snapshot.name()));
    }
    if (parent.isPresent() && within(snapshot.name()).contains(parent.get())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "invalid argument: parent %s would create cycle to %s"
              .formatted(parent.get(), snapshot.name()));
    }
    byName.put(snapshot.name(), snapshot);
  }

  /** Returns all, each after its parent. */
  List<TestSnapshot> all() {
    List<TestSnapshot> all = new ArrayList<>();
    below(Optional.empty(), all);
    return all;
  }

  private void below(Optional<String> parent, List<TestSnapshot> all) {
    for (TestSnapshot snapshot : byName.values()) {
      if (snapshot.parent().equals(parent)) {
        all.add(snapshot);
        below(Optional.of(snapshot.name()), all);
      }
    }
  }

  /** Returns the names of a snapshot and of all that come after it. */
  private List<String> within(String name) {
    List<TestSnapshot> after = new ArrayList<>();
    below(Optional.of(name), after);
    List<String> names = new ArrayList<>(List.of(name));
    after.forEach(snapshot -> names.add(snapshot.name()));
    return names;
  }

  /** Removes a snapshot; those after it then come after its parent. */
  void remove(TestSnapshot snapshot) {
    byName.remove(snapshot.name());
    byName.replaceAll(
        (name, child) ->
            child.parent().equals(Optional.of(snapshot.name()))
                ? child.after(snapshot.parent())
                : child);
    if (current.equals(Optional.of(snapshot.name()))) {
      current = snapshot.parent();
    }
  }

  /** Removes all that come after a snapshot. */
  void removeBelow(TestSnapshot snapshot) {
    List<String> gone = within(snapshot.name());
    gone.remove(snapshot.name());
    byName.keySet().removeAll(gone);
    if (current.filter(gone::contains).isPresent()) {
      makeCurrent(snapshot.name());
    }
  }
}
