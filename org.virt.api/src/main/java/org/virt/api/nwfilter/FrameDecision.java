package org.virt.api.nwfilter;

import java.util.Objects;
import org.virt.api.nwfilter.RuleCount.Direction;

/**
 * What became of one frame at a port.
 *
 * @param direction whether the guest sent it
 * @param frame its start, from the Ethernet header on, as far as it is known
 * @param chain the chain of the rule that decided, as the filter calls it
 * @param verdict {@code accept} or {@code drop}
 * @param origin where the rule was written; empty when no rule of a filter decided
 */
public record FrameDecision(
    Direction direction, byte[] frame, String chain, String verdict, String origin) {
  public FrameDecision {
    Objects.requireNonNull(direction, "direction");
    Objects.requireNonNull(chain, "chain");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(origin, "origin");
    frame = frame.clone();
  }

  @Override
  public byte[] frame() {
    return frame.clone();
  }
}
