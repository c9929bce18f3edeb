package org.virt.nwfilter.nftables.internal;

import java.util.Arrays;

/** One test of a rule, in the kernel's terms. */
sealed interface Condition {
  /** Returns it as nft writes it. */
  String text();

  /**
   * Compares bytes under a mask with a range.
   *
   * @param subject what is looked at
   * @param mask bits that count, besides the subject's own mask; empty for all
   * @param negated whether it must not be so
   * @param from first value
   * @param to last value; equal to {@code from} for one value
   */
  record Compare(Subject subject, byte[] mask, boolean negated, byte[] from, byte[] to)
      implements Condition {
    private static final byte[] ALL = {};

    static Compare is(Subject subject, long value) {
      return is(subject, subject.bytes(value));
    }

    static Compare is(Subject subject, byte[] value) {
      return new Compare(subject, ALL, false, value, value);
    }

    static Compare masked(Subject subject, byte[] mask, byte[] value) {
      return new Compare(subject, mask, false, value, value);
    }

    Compare negatedIf(boolean not) {
      return new Compare(subject, mask, not, from, to);
    }

    boolean isRange() {
      return !Arrays.equals(from, to);
    }

    @Override
    public String text() {
      String value = subject.text(from);
      if (mask.length == 0) {
        String range = isRange() ? value + "-" + subject.text(to) : value;
        return subject.name() + (negated ? " != " : " ") + range;
      }
      if (subject.style() == Subject.Style.ADDRESS) {
        return subject.name() + (negated ? " != " : " ") + value + "/" + prefix();
      }
      return subject.name() + " & " + subject.text(mask) + (negated ? " != " : " == ") + value;
    }

    private int prefix() {
      int bits = 0;
      for (byte b : mask) {
        bits += Integer.bitCount(b & 0xff);
      }
      return bits;
    }
  }

  /**
   * Looks for the port together with an address in a set of what ports have of their own.
   *
   * @param port {@link Subjects#IN_INDEX} or {@link Subjects#OUT_INDEX}
   * @param address the address's field
   * @param set name of the set
   * @param negated whether it must not be found
   */
  record Member(Subject port, Subject address, String set, boolean negated) implements Condition {
    @Override
    public String text() {
      return port.name() + " . " + address.name() + (negated ? " != @" : " @") + set;
    }
  }

  /**
   * Goes where the map says for this port; without an entry the rule does nothing.
   *
   * @param port {@link Subjects#IN_INDEX} or {@link Subjects#OUT_INDEX}
   * @param map name of the map
   */
  record Dispatch(Subject port, String map) implements Condition {
    @Override
    public String text() {
      return port.name() + " vmap @" + map;
    }
  }
}
