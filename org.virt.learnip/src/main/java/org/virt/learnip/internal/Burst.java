package org.virt.learnip.internal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Hands captured frames to ports, and has what guests that speak at the same time teach told at
 * once: the rules of many take hardly longer than those of one. For one thread.
 */
final class Burst implements Capture.Frames {
  /** The first ones of a thousand do not wait for the last one. */
  static final int MOST = 64;

  /** Who speaks so long after others waits for nobody. */
  private static final long APART_NANOS = 2_000_000;

  private final LearningPorts ports;
  private final Set<LearningPort> learned = new LinkedHashSet<>();
  private final LongSupplier clock;
  private long told;

  /**
   * Begins.
   *
   * @param clock of nanoseconds
   */
  Burst(LearningPorts ports, LongSupplier clock) {
    this.ports = ports;
    this.clock = clock;
    told = clock.getAsLong() - APART_NANOS;
  }

  @Override
  public boolean take(byte[] bytes) {
    List<LearningPort> news = ports.look(bytes);
    if (!news.isEmpty() && learned.isEmpty() && clock.getAsLong() - told >= APART_NANOS) {
      tell(news);
      return false;
    }
    learned.addAll(news);
    if (learned.size() >= MOST) {
      pause();
    }
    return !learned.isEmpty();
  }

  @Override
  public void pause() {
    List<LearningPort> now = List.copyOf(learned);
    learned.clear();
    tell(now);
  }

  private void tell(List<LearningPort> now) {
    ports.deliver(now);
    told = clock.getAsLong();
  }
}
