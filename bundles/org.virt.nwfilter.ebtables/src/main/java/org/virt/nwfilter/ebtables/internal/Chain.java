package org.virt.nwfilter.ebtables.internal;

import java.util.List;

/**
 * A chain of ours.
 *
 * @param name unique within its table
 * @param policy what happens at its end: {@code ACCEPT} or {@code RETURN}
 * @param lines its rules
 * @param written what the filter calls it; empty for a chain that no filter has
 */
record Chain(String name, String policy, List<Line> lines, String written) {
  static final String RETURN = "RETURN";
  static final String ACCEPT = "ACCEPT";

  Chain {
    lines = List.copyOf(lines);
  }

  /** Makes one that no filter has. */
  Chain(String name, String policy, List<Line> lines) {
    this(name, policy, lines, "");
  }
}
