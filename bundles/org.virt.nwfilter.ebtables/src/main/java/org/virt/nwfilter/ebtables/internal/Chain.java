package org.virt.nwfilter.ebtables.internal;

import java.util.List;

/**
 * A chain of ours.
 *
 * @param name unique within its table
 * @param policy what happens at its end: {@code ACCEPT} or {@code RETURN}
 * @param lines its rules
 */
record Chain(String name, String policy, List<Line> lines) {
  static final String RETURN = "RETURN";
  static final String ACCEPT = "ACCEPT";

  Chain {
    lines = List.copyOf(lines);
  }
}
