package org.virt.nwfilter.nftables.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.virt.api.MacAddress;

/**
 * What a condition looks at: some bytes of the frame or something that the kernel knows about it.
 *
 * @param name how nft calls it
 * @param base where the bytes are counted from
 * @param offset first byte; for {@link Base#META} and {@link Base#CONNECTION} the kernel's key
 * @param length number of bytes
 * @param mask bits of these bytes that count, at most four bytes; 0 for all
 * @param shift how far the value stands to the left within them
 * @param style how nft writes a value
 */
record Subject(String name, Base base, int offset, int length, int mask, int shift, Style style) {
  private static final HexFormat HEX = HexFormat.of();

  /**
   * Where bytes are counted from: numbers of {@code enum nft_payload_bases}; or what else the
   * kernel knows.
   */
  enum Base {
    LINK,
    NETWORK,
    TRANSPORT,
    META,
    CONNECTION
  }

  /** How nft writes a value. */
  enum Style {
    DECIMAL,
    HOST,
    TEXT,
    HEX,
    RAW,
    MAC,
    ADDRESS
  }

  static Subject of(String name, Base base, int offset, int length, Style style) {
    return new Subject(name, base, offset, length, 0, 0, style);
  }

  /** Bytes that nft has no name for. */
  static Subject raw(Base base, int offset, int length) {
    String letters = base == Base.LINK ? "ll" : base == Base.NETWORK ? "nh" : "th";
    return of("@" + letters + "," + 8 * offset + "," + 8 * length, base, offset, length, Style.RAW);
  }

  /** Returns a number as the bytes that stand in the frame. */
  byte[] bytes(long value) {
    byte[] bytes = new byte[length];
    long shifted = value << shift;
    for (int i = length - 1; i >= 0; i--) {
      bytes[i] = (byte) shifted;
      shifted >>>= Byte.SIZE;
    }
    return bytes;
  }

  /** Returns the largest number that fits. */
  long largest() {
    long bits = mask == 0 ? (length == Long.BYTES ? -1L : (1L << Byte.SIZE * length) - 1) : mask;
    return bits >>> shift;
  }

  /** Returns a value as nft writes it. */
  String text(byte[] value) {
    return switch (style) {
      case MAC -> MacAddress.of(value, 0).toString();
      case ADDRESS -> address(value);
      case RAW, HEX -> "0x" + HEX.formatHex(value);
      case TEXT -> '"' + new String(value, StandardCharsets.US_ASCII).replace("\0", "") + '"';
      case HOST -> Integer.toUnsignedString(HostOrder.number(value));
      case DECIMAL -> Long.toString(number(value) >>> shift);
    };
  }

  private static long number(byte[] value) {
    long number = 0;
    for (byte b : value) {
      number = number << Byte.SIZE | b & 0xff;
    }
    return number;
  }

  private static String address(byte[] value) {
    try {
      return InetAddress.getByAddress(value).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
