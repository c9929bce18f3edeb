package org.virt.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A string of at most {@code max} bytes, UTF-8 without NUL. */
record XdrText(int max) implements XdrType {
  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    String text = Bounds.as(String.class, value);
    if (text.length() <= max && out.putAscii(text)) {
      return;
    }
    if (text.indexOf(0) >= 0) {
      throw nul();
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Bounds.within(bytes.length, max);
    out.putInt(bytes.length);
    out.putPadded(bytes);
  }

  @Override
  public Object decode(ByteBuffer in) throws XdrException {
    byte[] bytes = Bounds.opaque(in, Bounds.length(in, max, 1));
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(0) >= 0) {
      throw nul();
    }
    return text;
  }

  @Override
  public int minSize() {
    return Integer.BYTES;
  }

  /** C would read the string to its first NUL only: what is checked must be what is meant. */
  private static XdrException nul() {
    return new XdrException("a string with NUL in it");
  }
}
