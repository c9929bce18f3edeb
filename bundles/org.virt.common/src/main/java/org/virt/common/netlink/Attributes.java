package org.virt.common.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Attributes of a netlink message, by type; of several of one type the last counts. Lengths are
 * checked against the bytes that are there; what does not fit ends the list. A link has fifty
 * attributes, of which few matter: no object is made of one before it is asked for.
 */
public final class Attributes {
  private static final int HEADER = 4;
  private static final int TYPE_MASK = 0x3fff;
  private static final int FIRST_ROOM = 16;
  private static final int NOWHERE = -1;
  private static final Attributes NONE = read(ByteBuffer.allocate(0));

  /** In the host's byte order; only read by position. */
  private final ByteBuffer bytes;

  private int count;
  private short[] types = new short[FIRST_ROOM];

  /** Where the values begin. */
  private int[] starts = new int[FIRST_ROOM];

  private Attributes(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Reads attributes from the buffer's position to its limit; the bytes stay the buffer's. */
  public static Attributes read(ByteBuffer source) {
    Attributes attributes = new Attributes(source.duplicate().order(ByteOrder.nativeOrder()));
    attributes.scan();
    return attributes;
  }

  private void scan() {
    int end = bytes.limit();
    int at = bytes.position();
    while (end - at >= HEADER) {
      int length = Short.toUnsignedInt(bytes.getShort(at));
      if (length < HEADER || length > end - at) {
        return;
      }
      if (count == types.length) {
        types = Arrays.copyOf(types, 2 * count);
        starts = Arrays.copyOf(starts, 2 * count);
      }
      types[count] = (short) (bytes.getShort(at + Short.BYTES) & TYPE_MASK);
      starts[count++] = at + HEADER;
      at += (length + HEADER - 1) / HEADER * HEADER;
    }
  }

  /** Returns the values in their order, whatever their types: the elements of a list. */
  public List<ByteBuffer> values() {
    List<ByteBuffer> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(view(starts[i]));
    }
    return values;
  }

  /** Says whether there is an attribute of the type. */
  public boolean has(int type) {
    return find(type) != NOWHERE;
  }

  /** Returns an attribute's bytes; empty when it is not there. */
  public byte[] bytes(int type) {
    int at = find(type);
    if (at == NOWHERE) {
      return new byte[0];
    }
    byte[] value = new byte[length(at)];
    bytes.get(at, value);
    return value;
  }

  /** Returns an attribute's value; absent when it is not there. */
  public Optional<ByteBuffer> value(int type) {
    int at = find(type);
    return at == NOWHERE ? Optional.empty() : Optional.of(view(at));
  }

  /** Returns the attributes inside one; none when it is not there. */
  public Attributes nested(int type) {
    int at = find(type);
    return at == NOWHERE ? NONE : read(view(at));
  }

  /** Returns a text without its terminating zero; empty when it is not there. */
  public String string(int type) {
    byte[] text = bytes(type);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  /** Returns four bytes in the host's order; the default when they are not there. */
  public int u32(int type, int absent) {
    int at = find(type, Integer.BYTES);
    return at == NOWHERE ? absent : bytes.getInt(at);
  }

  /** Returns four bytes in network order; the default when they are not there. */
  public int be32(int type, int absent) {
    int at = find(type, Integer.BYTES);
    return at == NOWHERE ? absent : view(at).order(ByteOrder.BIG_ENDIAN).getInt();
  }

  /** Returns eight bytes in network order; the default when they are not there. */
  public long be64(int type, long absent) {
    int at = find(type, Long.BYTES);
    return at == NOWHERE ? absent : view(at).order(ByteOrder.BIG_ENDIAN).getLong();
  }

  private int find(int type, int least) {
    int at = find(type);
    return at != NOWHERE && length(at) >= least ? at : NOWHERE;
  }

  private int find(int type) {
    for (int i = count - 1; i >= 0; i--) {
      if (types[i] == type) {
        return starts[i];
      }
    }
    return NOWHERE;
  }

  private int length(int start) {
    return Short.toUnsignedInt(bytes.getShort(start - HEADER)) - HEADER;
  }

  private ByteBuffer view(int start) {
    return bytes.slice(start, length(start)).order(ByteOrder.nativeOrder());
  }
}
