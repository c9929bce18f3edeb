package org.virt.learnip.internal;

import java.time.Duration;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;

/** One port that learns. Frames come in by one thread. */
final class LearningPort {
  /** How many frames of a guest are looked at a second, and how many at once. */
  static final double RATE = 10;

  static final double BURST = 50;

  /** A guest that sends so many more before its next turn is not captured for a while. */
  static final int FLOOD = 200;

  static final Duration MUTED = Duration.ofSeconds(1);

  /**
   * Ports that listen again do so together, for each change of the filter costs about a
   * millisecond.
   */
  static final Duration TICK = Duration.ofSeconds(5);

  private final LearnRequest request;
  private final GuardedSink sink;
  private final PortBelief belief;
  private final TokenBucket budget;
  private final Runnable changed;
  private int refused;
  private volatile long mutedUntil = Long.MIN_VALUE;

  /** Frames that only come because the filter is not narrowed yet are no flood. */
  private long narrowedFrom;

  /**
   * Starts to learn.
   *
   * @param now nanoseconds of the clock that all times here are of; never negative
   * @param changed called when {@link #watch(long)} may have changed
   */
  LearningPort(LearnRequest request, LearnSink sink, long now, Runnable changed) {
    this.request = request;
    this.sink = new GuardedSink(request.port().id(), sink);
    this.belief = new PortBelief(request, this.sink, new TokenBucket(RATE, BURST, now));
    this.budget = new TokenBucket(RATE, BURST, now);
    this.changed = changed;
  }

  int index() {
    return request.port().index();
  }

  /** Looks at a captured frame of this port. */
  void accept(byte[] bytes, long now) {
    boolean guests = CookedFrame.outgoing(bytes) == guestBehind();
    if (guests && !budget.take(now)) {
      refuse(now);
      return;
    }
    refused = guests ? 0 : refused;
    long settled = belief.settledUntil();
    CookedFrame.parse(bytes)
        .ifPresent(
            frame -> {
              if (guests) {
                belief.fromGuest(frame, now);
              } else {
                belief.toGuest(frame, now);
              }
            });
    if (belief.settledUntil() != settled) {
      narrowedFrom = now + MUTED.toNanos();
      changed.run();
    }
  }

  private void refuse(long now) {
    refused++;
    if (refused >= FLOOD && mutedUntil <= now && narrowedFrom <= now) {
      mutedUntil = now + MUTED.toNanos();
      changed.run();
    }
  }

  private boolean guestBehind() {
    return request.linkDevice().isPresent();
  }

  /** Returns what is to be captured now. */
  Watch watch(long now) {
    Watch.Want want = Watch.Want.EVERYTHING;
    if (mutedUntil > now) {
      want = Watch.Want.REPLIES;
    } else if (request.mode() == Mode.DHCP || belief.settledUntil() > now) {
      want = Watch.Want.DHCP;
    }
    return new Watch(index(), want, guestBehind());
  }

  /**
   * Returns when {@link #watch(long)} changes by the mere passing of time; {@link PortBelief#NEVER}
   * if it does not.
   */
  long nextChange(long now) {
    long unmuted = mutedUntil > now ? mutedUntil : PortBelief.NEVER;
    long settled = belief.settledUntil();
    boolean listensAgain =
        request.mode() == Mode.ANY && settled > now && settled != PortBelief.NEVER;
    long again = listensAgain ? (settled / TICK.toNanos() + 1) * TICK.toNanos() : PortBelief.NEVER;
    return Math.min(unmuted, again);
  }

  void fail(String reason) {
    sink.failed(reason);
  }

  void close() {
    sink.close();
  }
}
