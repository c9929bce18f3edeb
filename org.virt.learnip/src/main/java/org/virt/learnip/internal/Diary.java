package org.virt.learnip.internal;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.virt.api.nwfilter.LearningReport.Packet;

/** What was seen of a port of late and what was made of it, for a person. */
final class Diary {
  /** How many packets it keeps. */
  static final int LENGTH = 32;

  private final Deque<Packet> packets = new ArrayDeque<>(LENGTH);
  private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
  private final Clock clock;

  Diary(Clock clock) {
    this.clock = clock;
  }

  synchronized void note(String what, String verdict) {
    if (packets.size() == LENGTH) {
      packets.removeFirst();
    }
    packets.addLast(new Packet(clock.instant(), what, verdict));
  }

  synchronized void count(Counter counter) {
    counters.merge(counter, 1L, Long::sum);
  }

  synchronized List<Packet> packets() {
    return List.copyOf(packets);
  }

  /** Returns every counter by its name, also those that are 0. */
  synchronized Map<String, Long> counters() {
    Map<String, Long> all = new TreeMap<>();
    for (Counter counter : Counter.values()) {
      all.put(counter.text(), counters.getOrDefault(counter, 0L));
    }
    return all;
  }
}
