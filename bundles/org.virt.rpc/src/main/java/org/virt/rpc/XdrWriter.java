package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Collects bytes of a message, big endian; for one thread. */
public final class XdrWriter {
  private static final int INITIAL = 256;

  private final int limit;
  private byte[] bytes = new byte[INITIAL];
  private int size;

  /**
   * Makes an empty one.
   *
   * @param limit the most bytes that it takes
   */
  public XdrWriter(int limit) {
    this.limit = limit;
  }

  /** Returns the number of bytes so far. */
  public int size() {
    return size;
  }

  /** Writes 32 bits. */
  public void putInt(int value) throws XdrException {
    room(Integer.BYTES);
    setInt(size, value);
    size += Integer.BYTES;
  }

  /** Writes 64 bits. */
  public void putLong(long value) throws XdrException {
    room(Long.BYTES);
    setInt(size, (int) (value >>> Integer.SIZE));
    setInt(size + Integer.BYTES, (int) value);
    size += Long.BYTES;
  }

  /**
   * Writes the length of a string and its characters, filled up with zeros, in one pass.
   *
   * @return false, and nothing is written, where not all of it is ASCII without NUL
   */
  boolean putAscii(String text) throws XdrException {
    int length = text.length();
    int end = size + Integer.BYTES + padded(length);
    room(end - size);
    int at = size + Integer.BYTES;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0 || c > 0x7f) {
        return false;
      }
      bytes[at++] = (byte) c;
    }
    Arrays.fill(bytes, at, end, (byte) 0);
    setInt(size, length);
    size = end;
    return true;
  }

  /** Writes bytes, filled up with zeros to a multiple of four. */
  public void putPadded(byte[] value) throws XdrException {
    int padded = padded(value.length);
    room(padded);
    System.arraycopy(value, 0, bytes, size, value.length);
    Arrays.fill(bytes, size + value.length, size + padded, (byte) 0);
    size += padded;
  }

  /** Writes bytes as they are. */
  public void put(byte[] value, int offset, int length) throws XdrException {
    room(length);
    System.arraycopy(value, offset, bytes, size, length);
    size += length;
  }

  /** Replaces 32 bits that were written before. */
  public void setInt(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  /** Returns what was written; it shares its bytes with this writer, which is done with. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  static int padded(int length) {
    return (length + 3) & ~3;
  }

  private void room(int more) throws XdrException {
    if (more > limit - size) {
      throw new XdrException("a message of more than " + limit + " bytes");
    }
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(size + more, bytes.length * 2L)));
    }
  }
}
