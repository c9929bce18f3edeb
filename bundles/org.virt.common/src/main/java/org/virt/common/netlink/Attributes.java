package org.virt.common.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Attributes of a netlink message, by type. Lengths are checked against the bytes that are there;
 * what does not fit ends the list.
 */
public final class Attributes {
  private static final int HEADER = 4;
  private static final int TYPE_MASK = 0x3fff;

  private final Map<Integer, ByteBuffer> byType = new HashMap<>();
  private final List<ByteBuffer> all = new ArrayList<>();

  private Attributes() {}

  /** Reads attributes from the buffer's position to its limit. */
  public static Attributes read(ByteBuffer source) {
    Attributes attributes = new Attributes();
    ByteBuffer rest = source.duplicate().order(ByteOrder.nativeOrder());
    while (rest.remaining() >= HEADER) {
      int start = rest.position();
      int length = Short.toUnsignedInt(rest.getShort());
      int type = rest.getShort() & TYPE_MASK;
      if (length < HEADER || length > rest.limit() - start) {
        break;
      }
      ByteBuffer value = rest.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
      attributes.byType.put(type, value);
      attributes.all.add(value);
      rest.position(Math.min(rest.limit(), start + (length + HEADER - 1) / HEADER * HEADER));
    }
    return attributes;
  }

  /** Returns the values in their order, whatever their types: the elements of a list. */
  public List<ByteBuffer> values() {
    return all.stream().map(Attributes::view).toList();
  }

  /** Says whether there is an attribute of the type. */
  public boolean has(int type) {
    return byType.containsKey(type);
  }

  /** Returns an attribute's bytes; empty when it is not there. */
  public byte[] bytes(int type) {
    return value(type).map(Attributes::toArray).orElseGet(() -> new byte[0]);
  }

  /** Returns an attribute's value; absent when it is not there. */
  public Optional<ByteBuffer> value(int type) {
    return Optional.ofNullable(byType.get(type)).map(Attributes::view);
  }

  /** Returns the attributes inside one; none when it is not there. */
  public Attributes nested(int type) {
    return value(type).map(Attributes::read).orElseGet(Attributes::new);
  }

  /** Returns a text without its terminating zero; empty when it is not there. */
  public String string(int type) {
    byte[] bytes = bytes(type);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** Returns four bytes in the host's order; the default when they are not there. */
  public int u32(int type, int absent) {
    ByteBuffer value = byType.get(type);
    return value == null || value.capacity() < Integer.BYTES ? absent : value.getInt(0);
  }

  /** Returns four bytes in network order; the default when they are not there. */
  public int be32(int type, int absent) {
    return value(type)
        .filter(v -> v.remaining() >= Integer.BYTES)
        .map(v -> v.order(ByteOrder.BIG_ENDIAN).getInt())
        .orElse(absent);
  }

  /** Returns eight bytes in network order; the default when they are not there. */
  public long be64(int type, long absent) {
    return value(type)
        .filter(v -> v.remaining() >= Long.BYTES)
        .map(v -> v.order(ByteOrder.BIG_ENDIAN).getLong())
        .orElse(absent);
  }

  private static ByteBuffer view(ByteBuffer value) {
    return value.duplicate().order(ByteOrder.nativeOrder());
  }

  private static byte[] toArray(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return bytes;
  }
}
