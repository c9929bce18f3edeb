package org.virt.rpc;

import java.nio.ByteBuffer;

/**
 * A message as it came.
 *
 * @param header its header
 * @param body what follows the header
 */
public record Packet(Header header, ByteBuffer body) {
  /** The most bytes of a message, without the four of its length. */
  public static final int MAX = 32 * 1024 * 1024;

  /** The bytes of the length before each message, which counts itself. */
  public static final int LENGTH_SIZE = 4;

  /** Reads the body as a struct; more bytes than it takes are left alone, as libvirt does. */
  public XdrStruct read(StructType type) throws XdrException {
    return type.decode(body.duplicate());
  }

  /** Writes a whole message, its length first. */
  public static ByteBuffer encode(Header header, XdrStruct value) throws XdrException {
    XdrWriter out = begin(header);
    value.type().encode(out, value);
    return end(out);
  }

  /** Writes a whole message whose body is bytes: a packet of a stream. */
  public static ByteBuffer encode(Header header, byte[] bytes, int length) throws XdrException {
    XdrWriter out = begin(header);
    out.put(bytes, 0, length);
    return end(out);
  }

  private static XdrWriter begin(Header header) throws XdrException {
    XdrWriter out = new XdrWriter(MAX + LENGTH_SIZE);
    out.putInt(0);
    header.encode(out);
    return out;
  }

  private static ByteBuffer end(XdrWriter out) {
    out.setInt(0, out.size());
    return out.buffer();
  }
}
