package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Conditions in a tool's words: each is a list of which one holds, and all of them do. Some can be
 * said only as none of a list.
 */
final class Alternatives {
  /** A rule that becomes more lines than this is refused. */
  private static final int MOST = 1024;

  private final List<List<String>> all = new ArrayList<>();
  private final List<String> none = new ArrayList<>();
  private boolean never;

  /** Wants a condition. */
  void one(String option) {
    all.add(List.of(option));
  }

  /** Wants one of these; an empty list makes the rule one that matches nothing. */
  void any(List<String> options) {
    all.add(List.copyOf(options));
    never |= options.isEmpty();
  }

  /** Wants none of these. */
  void noneOf(List<String> options) {
    none.addAll(options);
  }

  /** Nothing matches. */
  void never() {
    never = true;
  }

  boolean isNever() {
    return never;
  }

  boolean isEmpty() {
    return all.isEmpty() && none.isEmpty();
  }

  List<String> none() {
    return List.copyOf(none);
  }

  /** Returns what stands before {@code -j} in each line, starting with a prefix. */
  List<String> lines(String prefix) throws Refused {
    List<String> lines = List.of(prefix);
    for (List<String> options : all) {
      if ((long) lines.size() * options.size() > MOST) {
        throw new Refused("it would need more than " + MOST + " lines");
      }
      List<String> next = new ArrayList<>(lines.size() * options.size());
      for (String line : lines) {
        options.forEach(option -> next.add(line + option + ' '));
      }
      lines = next;
    }
    return lines;
  }
}
