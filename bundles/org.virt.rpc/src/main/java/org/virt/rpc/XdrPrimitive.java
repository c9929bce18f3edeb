package org.virt.rpc;

import java.nio.ByteBuffer;

/** Numbers. What is narrower than 32 bits travels as 32 bits. */
enum XdrPrimitive implements XdrType {
  INT("int", Integer.MIN_VALUE, Integer.MAX_VALUE),
  UINT("uint", Integer.MIN_VALUE, Integer.MAX_VALUE),
  CHAR("char", Byte.MIN_VALUE, 0xff),
  UCHAR("uchar", 0, 0xff),
  USHORT("ushort", 0, 0xffff),
  HYPER("hyper", 0, 0),
  UHYPER("uhyper", 0, 0),
  DOUBLE("double", 0, 0);

  private final String text;
  private final int min;
  private final int max;

  XdrPrimitive(String text, int min, int max) {
    this.text = text;
    this.min = min;
    this.max = max;
  }

  String text() {
    return text;
  }

  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    if (this == DOUBLE && value instanceof Double real) {
      out.putLong(Double.doubleToRawLongBits(real));
    } else if ((this == HYPER || this == UHYPER) && value instanceof Long wide) {
      out.putLong(wide);
    } else if (value instanceof Integer narrow && min <= narrow && narrow <= max && min != max) {
      out.putInt(narrow);
    } else {
      throw new XdrException("no " + text + ": " + value);
    }
  }

  @Override
  public Object decode(ByteBuffer in) throws XdrException {
    Bounds.need(in, minSize());
    if (this == DOUBLE) {
      return Double.longBitsToDouble(in.getLong());
    }
    if (this == HYPER || this == UHYPER) {
      return in.getLong();
    }
    int value = in.getInt();
    if (value < min || value > max) {
      throw new XdrException("no " + text + ": " + value);
    }
    return value;
  }

  @Override
  public int minSize() {
    return min == max ? Long.BYTES : Integer.BYTES;
  }

  @Override
  public String toString() {
    return text;
  }
}
