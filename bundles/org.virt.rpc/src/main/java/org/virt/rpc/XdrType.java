package org.virt.rpc;

import java.nio.ByteBuffer;

/**
 * A type of the protocol (RFC 4506). Values in Java: {@code Integer} for all types of at most 32
 * bits and {@code Long} for hypers, unsigned ones by their bits; {@code Double}; {@code String};
 * {@code UUID} for 16 opaque bytes; {@code byte[]} for other opaque data and for arrays of char;
 * {@code List} for other arrays; null for an absent optional value; {@link XdrStruct}; {@link
 * XdrUnion}. Immutable.
 */
public interface XdrType {
  /**
   * Writes a value.
   *
   * @throws XdrException when the value is not of this type or beyond its bounds
   */
  void encode(XdrWriter out, Object value) throws XdrException;

  /**
   * Reads a value, from the buffer's position on.
   *
   * @throws XdrException when the bytes end early or break a bound; nothing is allocated for them
   */
  Object decode(ByteBuffer in) throws XdrException;

  /** Returns how many bytes a value takes at least. */
  int minSize();
}
