package org.virt.nwfilter.ebtables.internal;

/**
 * A line of a rule set.
 *
 * @param text what the tool reads behind {@code -A chain}
 * @param origin where it was written; empty for what every port has
 * @param chain what the filter calls the chain that it is in; empty for the one it stands in
 */
record Line(String text, String origin, String chain) {
  private static final String TO = "-j ";

  Line(String text, String origin) {
    this(text, origin, "");
  }

  static Line of(String text) {
    return new Line(text, "");
  }

  /** Returns what stands before {@code -j}; it ends with a space unless it is empty. */
  String condition() {
    return text.substring(0, text.lastIndexOf(TO));
  }

  /** Returns what stands behind {@code -j}: a verdict, a chain, or a target with its options. */
  String target() {
    return text.substring(text.lastIndexOf(TO) + TO.length());
  }
}
