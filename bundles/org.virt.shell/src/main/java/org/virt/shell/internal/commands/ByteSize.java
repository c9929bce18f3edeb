package org.virt.shell.internal.commands;

import java.util.Locale;

/** Sizes as virsh prints and reads them. */
final class ByteSize {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final String LETTERS = "bkmgtpe";

  private ByteSize() {}

  /** Returns a size with two decimals in the largest unit that leaves it 1 or more. */
  static String of(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit + 1 < UNITS.length) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f %s", value, UNITS[unit]);
  }

  /** Returns a size in bytes, or as {@link #of} does. */
  static String text(long bytes, boolean exact) {
    return exact ? Long.toString(bytes) : of(bytes);
  }

  /**
   * Reads a size: bytes, or a number and a unit such as {@code 10G}, {@code 512MiB}, {@code 1GB}.
   *
   * @throws IllegalArgumentException when it is none
   */
  static long parse(String text) {
    String digits = text.replaceFirst("[^0-9].*", "");
    String unit = text.substring(digits.length()).strip().toLowerCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : LETTERS.indexOf(unit.charAt(0));
    String rest = unit.isEmpty() ? "" : unit.substring(1);
    boolean known = rest.isEmpty() || rest.equals("ib") || rest.equals("b") || unit.equals("bytes");
    if (digits.isEmpty() || digits.length() > 18 || power < 0 || !known) {
      throw new IllegalArgumentException("'" + text + "' is not a size, such as 10G");
    }
    long factor = rest.equals("b") && power > 0 ? 1000 : 1024;
    long size = Long.parseLong(digits);
    for (int i = 0; i < power; i++) {
      size = Math.multiplyExact(size, factor);
    }
    return size;
  }
}
