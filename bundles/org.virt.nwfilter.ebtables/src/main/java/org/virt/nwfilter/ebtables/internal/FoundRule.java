package org.virt.nwfilter.ebtables.internal;

import java.nio.ByteBuffer;
import org.virt.common.netlink.Attributes;

/**
 * A rule of a tool's as the kernel has it.
 *
 * @param verdict what it does: {@code accept}, {@code drop}, {@code return}, {@code jump} with a
 *     chain's name, or a target's name
 * @param packets what it has matched
 * @param bytes their lengths
 */
record FoundRule(String verdict, long packets, long bytes) {
  static final String JUMP = "jump ";

  private static final int DROP = 0;
  private static final int ACCEPT = 1;
  private static final int TO_CHAIN = -3;
  private static final int RETURN = -5;

  static FoundRule of(Attributes rule) {
    String verdict = "continue";
    long packets = 0;
    long bytes = 0;
    for (ByteBuffer value : rule.nested(4).values()) {
      Attributes expression = Attributes.read(value);
      Attributes data = expression.nested(2);
      switch (expression.string(1)) {
        case "counter" -> {
          bytes = data.be64(1, 0);
          packets = data.be64(2, 0);
        }
        case "immediate" -> verdict = verdict(data.nested(2).nested(2));
        case "target", "reject" -> verdict = "reject";
        default -> {} // a condition
      }
    }
    return new FoundRule(verdict, packets, bytes);
  }

  private static String verdict(Attributes verdict) {
    return switch (verdict.be32(1, TO_CHAIN)) {
      case DROP -> "drop";
      case ACCEPT -> "accept";
      case RETURN -> "return";
      default -> JUMP + verdict.string(2);
    };
  }
}
