package org.virt.learnip.internal;

import java.time.Duration;

/**
 * How long things take while addresses are checked and held.
 *
 * @param tentative how long an address is checked before it is bound (RFC 6620 TENT_LT, RFC 4862
 *     RetransTimer)
 * @param testing how long a holder that is probed has for its answer (RFC 6620 T_WAIT)
 * @param valid how long an address without a lease is held until its holder is probed (RFC 6620
 *     DEFAULT_LT)
 * @param exchange how long an answer of a DHCP server may take; a client gives up after 64 s (RFC
 *     2131, section 4.1) or 120 s (RFC 8415, section 7.6)
 */
record SaviTimers(Duration tentative, Duration testing, Duration valid, Duration exchange) {
  static final SaviTimers STANDARD =
      new SaviTimers(
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofMinutes(5),
          Duration.ofSeconds(120));

  /** Reads the configuration; a number out of its range becomes the nearest that is in it. */
  static SaviTimers of(LearnerConfiguration configuration) {
    return new SaviTimers(
        Duration.ofMillis(within(configuration.tentative_ms(), 10, 60_000)),
        Duration.ofMillis(within(configuration.testing_ms(), 10, 60_000)),
        Duration.ofSeconds(within(configuration.valid_s(), 1, 86_400)),
        Duration.ofSeconds(within(configuration.exchange_s(), 1, 3600)));
  }

  private static int within(int value, int least, int most) {
    return Math.max(least, Math.min(most, value));
  }
}
