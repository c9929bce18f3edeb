package org.virt.rpc;

import java.nio.ByteBuffer;

/** Checks before anything is read or allocated. */
final class Bounds {
  private Bounds() {}

  static void need(ByteBuffer in, long bytes) throws XdrException {
    if (in.remaining() < bytes) {
      throw new XdrException("%d bytes where %d are needed".formatted(in.remaining(), bytes));
    }
  }

  /** Reads the length of something that has at least {@code each} bytes for each of it. */
  static int length(ByteBuffer in, int max, int each) throws XdrException {
    need(in, Integer.BYTES);
    int length = in.getInt();
    within(Integer.toUnsignedLong(length), max);
    need(in, (long) length * each);
    return length;
  }

  static void within(long length, int max) throws XdrException {
    if (length > max) {
      throw new XdrException("%d elements where %d are the most".formatted(length, max));
    }
  }

  /** Reads opaque bytes and the zeros after them. */
  static byte[] opaque(ByteBuffer in, int length) throws XdrException {
    int padded = XdrWriter.padded(length);
    need(in, padded);
    byte[] bytes = new byte[length];
    in.get(bytes);
    in.position(in.position() + padded - length);
    return bytes;
  }

  /** Returns a value as what it must be. */
  static <T> T as(Class<T> type, Object value) throws XdrException {
    if (!type.isInstance(value)) {
      throw new XdrException(
          "%s where a %s is needed"
              .formatted(
                  value == null ? "nothing" : value.getClass().getSimpleName(),
                  type.getSimpleName()));
    }
    return type.cast(value);
  }
}
