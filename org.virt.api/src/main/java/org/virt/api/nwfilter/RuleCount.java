package org.virt.api.nwfilter;

import java.util.Objects;

/**
 * How often a rule decided.
 *
 * @param direction whether the rule is for frames that the guest sends
 * @param chain the chain that it stands in, as the filter calls it: {@code root}, {@code ipv4}
 * @param verdict what it does: {@code accept}, {@code drop}, {@code return}, {@code jump arp}
 * @param origin where it was written: {@code filter no-ip-spoofing, rule 2}; empty for a rule of
 *     the technique's own
 * @param packets number of frames that it matched
 * @param bytes their lengths in all
 */
public record RuleCount(
    Direction direction, String chain, String verdict, String origin, long packets, long bytes) {
  public RuleCount {
    Objects.requireNonNull(direction, "direction");
    Objects.requireNonNull(chain, "chain");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(origin, "origin");
  }

  /** Which way a frame goes, seen from the guest. */
  public enum Direction {
    OUT,
    IN
  }
}
