package org.virt.learnip.internal;

/** Reads numbers in network order; the caller has checked the bounds. */
final class Bytes {
  private static final int MAC_LENGTH = 6;

  private Bytes() {}

  static int u8(byte[] bytes, int offset) {
    return bytes[offset] & 0xff;
  }

  static int u16(byte[] bytes, int offset) {
    return u8(bytes, offset) << 8 | u8(bytes, offset + 1);
  }

  static int s32(byte[] bytes, int offset) {
    return u16(bytes, offset) << 16 | u16(bytes, offset + 2);
  }

  static long u32(byte[] bytes, int offset) {
    return s32(bytes, offset) & 0xffffffffL;
  }

  /** Returns six bytes as a number, as {@link org.virt.api.MacAddress#value()} has them. */
  static long mac(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < MAC_LENGTH; i++) {
      value = value << 8 | u8(bytes, offset + i);
    }
    return value;
  }
}
