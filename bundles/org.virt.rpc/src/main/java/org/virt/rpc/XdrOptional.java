package org.virt.rpc;

import java.nio.ByteBuffer;

/** A value or nothing, null. */
record XdrOptional(XdrType type) implements XdrType {
  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    out.putInt(value == null ? 0 : 1);
    if (value != null) {
      type.encode(out, value);
    }
  }

  @Override
  public Object decode(ByteBuffer in) throws XdrException {
    Bounds.need(in, Integer.BYTES);
    int there = in.getInt();
    return switch (there) {
      case 0 -> null;
      case 1 -> type.decode(in);
      default -> throw new XdrException("an optional value with the mark " + there);
    };
  }

  @Override
  public int minSize() {
    return Integer.BYTES;
  }
}
