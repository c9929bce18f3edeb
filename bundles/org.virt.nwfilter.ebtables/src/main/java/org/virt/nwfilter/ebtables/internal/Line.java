package org.virt.nwfilter.ebtables.internal;

/**
 * A line of a rule set.
 *
 * @param text what the tool reads behind {@code -A chain}
 * @param origin where it was written; empty for what every port has
 */
record Line(String text, String origin) {
  static Line of(String text) {
    return new Line(text, "");
  }
}
