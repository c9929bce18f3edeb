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

  /** The bytes before the body of a message. */
  public static final int HEAD_SIZE = LENGTH_SIZE + Header.SIZE;

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
  public static ByteBuffer encode(Header header, byte[] bytes, int length) {
    ByteBuffer message = ByteBuffer.allocate(HEAD_SIZE + length);
    message.put(HEAD_SIZE, bytes, 0, length);
    return frame(header, message);
  }

  /**
   * Makes a message of a buffer that has the body already.
   *
   * @param message the body from {@link #HEAD_SIZE} to the limit; what is before is overwritten
   */
  public static ByteBuffer frame(Header header, ByteBuffer message) {
    message.put(0, head(header, message.limit() - HEAD_SIZE), 0, HEAD_SIZE);
    return message.rewind();
  }

  /** Writes what comes before the body of a message. */
  public static ByteBuffer head(Header header, int bodySize) {
    ByteBuffer head = ByteBuffer.allocate(HEAD_SIZE).putInt(HEAD_SIZE + bodySize);
    header.encode(head);
    return head.flip();
  }

  private static XdrWriter begin(Header header) throws XdrException {
    XdrWriter out = new XdrWriter(MAX + LENGTH_SIZE);
    out.put(head(header, 0).array(), 0, HEAD_SIZE);
    return out;
  }

  private static ByteBuffer end(XdrWriter out) {
    out.setInt(0, out.size());
    return out.buffer();
  }
}
