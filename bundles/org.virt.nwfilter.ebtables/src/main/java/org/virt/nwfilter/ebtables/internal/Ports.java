package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which chains packets of each port go through in turn, for one tool. */
final class Ports {
  private final Family family;
  private final NavigableMap<String, List<Label>> byName = new TreeMap<>();

  Ports(Family family) {
    this.family = family;
  }

  /** Adds a program behind those that its port has already. */
  void add(Label label) {
    if (label.has(family)) {
      byName.computeIfAbsent(label.port().id().name(), n -> new ArrayList<>()).add(label);
    }
  }

  boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Returns the names of the first chains of a direction. */
  NavigableMap<String, List<String>> targets(String direction) {
    NavigableMap<String, List<String>> targets = new TreeMap<>();
    byName.forEach(
        (name, labels) ->
            targets.put(name, labels.stream().map(label -> label.first(direction)).toList()));
    return targets;
  }
}
