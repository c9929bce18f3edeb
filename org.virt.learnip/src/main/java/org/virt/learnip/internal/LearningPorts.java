package org.virt.learnip.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The ports that learn, by interface index. */
final class LearningPorts {
  private final Map<Integer, List<LearningPort>> ports = new ConcurrentHashMap<>();
  private final LongSupplier clock;

  LearningPorts(LongSupplier clock) {
    this.clock = clock;
  }

  void add(LearningPort port) {
    ports.merge(port.index(), List.of(port), LearningPorts::joined);
  }

  void remove(LearningPort port) {
    ports.computeIfPresent(port.index(), (index, all) -> without(all, port));
  }

  private static List<LearningPort> joined(List<LearningPort> some, List<LearningPort> others) {
    List<LearningPort> all = new ArrayList<>(some);
    all.addAll(others);
    return List.copyOf(all);
  }

  private static List<LearningPort> without(List<LearningPort> all, LearningPort port) {
    List<LearningPort> rest = all.stream().filter(other -> other != port).toList();
    return rest.isEmpty() ? null : rest;
  }

  boolean isEmpty() {
    return ports.isEmpty();
  }

  /** Hands a captured frame to its port; the bytes are the receiver's own. */
  void accept(byte[] bytes) {
    List<LearningPort> of = ports.get(CookedFrame.index(bytes));
    if (of == null) {
      return;
    }
    long now = clock.getAsLong();
    for (LearningPort port : of) {
      port.accept(bytes, now);
    }
  }

  /** Returns what is to be captured now, sorted by interface. */
  List<Watch> watches() {
    long now = clock.getAsLong();
    Map<Integer, Watch> watches = new TreeMap<>();
    all().forEach(port -> watches.merge(port.index(), port.watch(now), LearningPorts::wider));
    return List.copyOf(watches.values());
  }

  private static Watch wider(Watch one, Watch other) {
    return one.want().compareTo(other.want()) >= 0 ? one : other;
  }

  /** Returns when {@link #watches()} changes by the mere passing of time. */
  long nextChange() {
    long now = clock.getAsLong();
    return all().stream().mapToLong(port -> port.nextChange(now)).min().orElse(PortBelief.NEVER);
  }

  /** Returns a copy. */
  List<LearningPort> all() {
    return ports.values().stream().flatMap(List::stream).toList();
  }
}
