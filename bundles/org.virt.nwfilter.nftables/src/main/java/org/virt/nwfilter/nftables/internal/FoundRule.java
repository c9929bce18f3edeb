package org.virt.nwfilter.nftables.internal;

import org.virt.api.nwfilter.RuleCount;
import org.virt.api.nwfilter.RuleCount.Direction;

/**
 * A rule as the kernel has it.
 *
 * @param chain name of its chain
 * @param handle the kernel's number of it
 * @param comment where it comes from; empty for nothing
 * @param verdict what it does
 * @param packets what it has matched; 0 when it does not count
 * @param bytes their lengths
 */
record FoundRule(
    String chain, long handle, String comment, Verdict verdict, long packets, long bytes) {
  private static final String OUT = "-out-";
  private static final String IN = "-in-";

  /** Returns which way frames go that meet it. */
  Direction direction() {
    boolean out =
        chain.equals("prerouting")
            || chain.equals("input")
            || chain.startsWith(DirectLayout.FROM)
            || chain.startsWith(DirectLayout.TRANSPORT_FROM);
    return out || chain.contains(OUT) || chain.equals(TransportLayout.JUDGED_FROM)
        ? Direction.OUT
        : Direction.IN;
  }

  /** Returns its chain as the filter calls it. */
  String filterChain() {
    return filterChain(chain);
  }

  /** Returns what a filter calls a chain of ours; the first chains have no other name. */
  static String filterChain(String chain) {
    for (String way : new String[] {OUT, IN}) {
      int at = chain.indexOf(way);
      if (at >= 0) {
        return chain.substring(at + way.length());
      }
    }
    return chain;
  }

  /** Returns what it does, in the filter's words. */
  String filterVerdict() {
    return verdict.chain().isEmpty() ? verdict.text() : "jump " + filterChain(verdict.chain());
  }

  /** Returns what it has counted. */
  RuleCount count() {
    return new RuleCount(direction(), filterChain(), filterVerdict(), comment, packets, bytes);
  }
}
