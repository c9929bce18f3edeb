package org.virt.learnip.internal;

/** Lets through a burst and then a steady rate; for one thread. */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double rate;
  private final double burst;
  private double tokens;
  private long last;

  /**
   * Makes a full bucket.
   *
   * @param rate tokens a second
   * @param burst how many it holds
   * @param now in nanoseconds, as in {@link #take(long)}
   */
  TokenBucket(double rate, double burst, long now) {
    this.rate = rate;
    this.burst = burst;
    this.tokens = burst;
    this.last = now;
  }

  /** Takes a token; says whether there was one. */
  boolean take(long now) {
    tokens = Math.min(burst, tokens + Math.max(0, now - last) * rate / NANOS);
    last = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
