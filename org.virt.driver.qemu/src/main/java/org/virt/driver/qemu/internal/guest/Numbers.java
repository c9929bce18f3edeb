package org.virt.driver.qemu.internal.guest;

import java.util.Locale;
import java.util.Map;
import org.virt.api.VirtException;

/** Numbers and amounts as domain XML has them. */
public final class Numbers {
  private static final long KIB = 1024;
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("b", 1L),
          Map.entry("bytes", 1L),
          Map.entry("kb", 1000L),
          Map.entry("k", KIB),
          Map.entry("kib", KIB),
          Map.entry("mb", 1000_000L),
          Map.entry("m", KIB * KIB),
          Map.entry("mib", KIB * KIB),
          Map.entry("gb", 1000_000_000L),
          Map.entry("g", KIB * KIB * KIB),
          Map.entry("gib", KIB * KIB * KIB),
          Map.entry("tb", 1000_000_000_000L),
          Map.entry("t", KIB * KIB * KIB * KIB),
          Map.entry("tib", KIB * KIB * KIB * KIB));

  private Numbers() {}

  /** Reads a number, decimal or hexadecimal with {@code 0x}; zeros in front mean nothing. */
  public static long parse(String text) {
    return text.startsWith("0x") || text.startsWith("0X")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseLong(text);
  }

  /** Returns the bytes of an amount whose unit is an attribute; {@code unit} when none is given. */
  public static long bytes(Node node, String value, String unit) throws VirtException {
    String given = node.get("@unit", unit);
    Long factor = UNITS.get(given.toLowerCase(Locale.ROOT));
    if (factor == null) {
      throw Refusal.of(node.path("@unit"), "'" + given + "' is no unit of memory");
    }
    try {
      long number = Long.parseLong(value.strip());
      if (number >= 0) {
        return Math.multiplyExact(number, factor);
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Refused below, as a negative one is.
    }
    throw Refusal.of(node.path(), "'" + value + "' is not an amount of memory");
  }

  /** Returns the KiB of an amount, rounded up. */
  public static long kib(Node node, String value, String unit) throws VirtException {
    return (bytes(node, value, unit) + KIB - 1) / KIB;
  }

  /** Brings the text of an element to KiB; nothing when there is no such element. */
  public static void toKib(Node node) throws VirtException {
    if (node != null) {
      String kib = Long.toString(kib(node, node.text(), "KiB"));
      node.set("unit", "KiB");
      node.text(kib);
    }
  }

  /** Returns a number with {@code 0x} and at least so many digits. */
  public static String hex(long number, int digits) {
    String text = Long.toHexString(number);
    return "0x" + "0".repeat(Math.max(0, digits - text.length())) + text;
  }
}
