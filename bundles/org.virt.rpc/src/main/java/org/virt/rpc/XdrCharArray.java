package org.virt.rpc;

import java.nio.ByteBuffer;

/** An array of char, each of which travels as 32 bits: at most {@code max}, or exactly so many. */
record XdrCharArray(int max, boolean fixed) implements XdrType {
  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    byte[] bytes = Bounds.as(byte[].class, value);
    Bounds.within(bytes.length, max);
    if (!fixed) {
      out.putInt(bytes.length);
    }
    for (byte one : bytes) {
      out.putInt(one);
    }
    for (int i = bytes.length; fixed && i < max; i++) {
      out.putInt(0);
    }
  }

  @Override
  public Object decode(ByteBuffer in) throws XdrException {
    int length = fixed ? max : Bounds.length(in, max, Integer.BYTES);
    Bounds.need(in, (long) length * Integer.BYTES);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) in.getInt();
    }
    return bytes;
  }

  @Override
  public int minSize() {
    return fixed ? max * Integer.BYTES : Integer.BYTES;
  }
}
