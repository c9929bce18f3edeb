package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.UUID;

/** Uninterpreted bytes: at most {@code max}, or exactly so many. */
record XdrOpaque(int max, boolean fixed) implements XdrType {
  private static final int UUID_LENGTH = 16;

  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    if (isUuid()) {
      UUID uuid = Bounds.as(UUID.class, value);
      out.putLong(uuid.getMostSignificantBits());
      out.putLong(uuid.getLeastSignificantBits());
      return;
    }
    byte[] bytes = Bounds.as(byte[].class, value);
    Bounds.within(bytes.length, max);
    if (fixed && bytes.length != max) {
      throw new XdrException("%d bytes instead of %d".formatted(bytes.length, max));
    }
    if (!fixed) {
      out.putInt(bytes.length);
    }
    out.putPadded(bytes);
  }

  @Override
  public Object decode(ByteBuffer in) throws XdrException {
    if (isUuid()) {
      Bounds.need(in, UUID_LENGTH);
      return new UUID(in.getLong(), in.getLong());
    }
    return Bounds.opaque(in, fixed ? max : Bounds.length(in, max, 1));
  }

  @Override
  public int minSize() {
    return fixed ? XdrWriter.padded(max) : Integer.BYTES;
  }

  private boolean isUuid() {
    return fixed && max == UUID_LENGTH;
  }
}
