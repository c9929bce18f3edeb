package org.virt.learnip.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.virt.api.nwfilter.LearningReport.Packet;

/** What was seen of a port of late and what was made of it, for a person. */
final class Diary {
  /** How many packets it keeps. */
  static final int LENGTH = 32;

  /** Larger ones are not kept, only what is said of them. */
  private static final int LARGEST_KEPT = 400;

  private final Deque<Entry> entries = new ArrayDeque<>(LENGTH);
  private final long[] counters = new long[Counter.values().length];
  private final Clock clock;

  Diary(Clock clock) {
    this.clock = clock;
  }

  /** What was seen is put into words when somebody asks: a guest waits. */
  private record Entry(Instant at, Supplier<String> what, String verdict) {
    Packet packet() {
      return new Packet(at, what.get(), verdict);
    }
  }

  void note(CookedFrame frame, String direction, String verdict) {
    if (frame.bytes().length <= LARGEST_KEPT) {
      add(() -> FrameText.of(frame, direction), verdict);
    } else {
      note(FrameText.of(frame, direction), verdict);
    }
  }

  void note(String what, String verdict) {
    add(() -> what, verdict);
  }

  private synchronized void add(Supplier<String> what, String verdict) {
    if (entries.size() == LENGTH) {
      entries.removeFirst();
    }
    entries.addLast(new Entry(clock.instant(), what, verdict));
  }

  synchronized void count(Counter counter) {
    counters[counter.ordinal()]++;
  }

  synchronized List<Packet> packets() {
    return entries.stream().map(Entry::packet).toList();
  }

  /** Returns every counter by its name, also those that are 0. */
  synchronized Map<String, Long> counters() {
    Map<String, Long> all = new TreeMap<>();
    for (Counter counter : Counter.values()) {
      all.put(counter.text(), counters[counter.ordinal()]);
    }
    return all;
  }
}
