package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/**
 * A value of one of several types.
 *
 * @param tag which one
 * @param value the value
 */
public record XdrUnion(int tag, Object value) {
  public XdrUnion {
    Objects.requireNonNull(value, "value");
  }

  /** The types of a union by their tags. */
  record Type(String name, Map<Integer, XdrType> cases) implements XdrType {
    Type {
      cases = Map.copyOf(cases);
    }

    @Override
    public void encode(XdrWriter out, Object value) throws XdrException {
      XdrUnion union = Bounds.as(XdrUnion.class, value);
      XdrType type = type(union.tag);
      out.putInt(union.tag);
      type.encode(out, union.value);
    }

    @Override
    public Object decode(ByteBuffer in) throws XdrException {
      Bounds.need(in, Integer.BYTES);
      int tag = in.getInt();
      return new XdrUnion(tag, type(tag).decode(in));
    }

    @Override
    public int minSize() {
      return Integer.BYTES;
    }

    private XdrType type(int tag) throws XdrException {
      XdrType type = cases.get(tag);
      if (type == null) {
        throw new XdrException("a " + name + " with the tag " + tag);
      }
      return type;
    }
  }
}
