package org.virt.api;

import java.util.HexFormat;

/**
 * An IEEE 802 48-bit address.
 *
 * @param value the six bytes, the first one in bits 47 to 40; 0 to 2^48-1
 */
public record MacAddress(long value) implements Comparable<MacAddress> {
  private static final int BYTES = 6;
  private static final long MAX = (1L << 48) - 1;
  private static final HexFormat HEX = HexFormat.of();

  public MacAddress {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("not a 48-bit address: " + value);
    }
  }

  /**
   * Reads six hexadecimal groups of one or two digits, joined by colons.
   *
   * @throws IllegalArgumentException when the text has another form; the message quotes it
   */
  public static MacAddress parse(String text) {
    String[] groups = text.split(":", -1);
    if (groups.length != BYTES) {
      throw new IllegalArgumentException("not a MAC address: '" + text + "'");
    }
    long value = 0;
    for (String group : groups) {
      if (group.isEmpty() || group.length() > 2 || !group.chars().allMatch(HexFormat::isHexDigit)) {
        throw new IllegalArgumentException("not a MAC address: '" + text + "'");
      }
      value = value << 8 | HexFormat.fromHexDigits(group);
    }
    return new MacAddress(value);
  }

  /** Takes six bytes of a buffer, starting at an offset. */
  public static MacAddress of(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < BYTES; i++) {
      value = value << 8 | bytes[offset + i] & 0xff;
    }
    return new MacAddress(value);
  }

  /** Returns the six bytes in network order. */
  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) (value >>> 8 * (BYTES - 1 - i));
    }
    return bytes;
  }

  /** Says whether the group bit is set (IEEE 802, section 8.2). */
  public boolean isMulticast() {
    return (value >>> 40 & 1) != 0;
  }

  // Written out for the same reason as those of PortId.
  @Override
  public boolean equals(Object other) {
    return other instanceof MacAddress mac && value == mac.value;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(value);
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(value, other.value);
  }

  /** Returns the usual form, lower case: {@code 52:54:00:12:34:56}. */
  @Override
  public String toString() {
    return HEX.withDelimiter(":").formatHex(bytes());
  }
}
