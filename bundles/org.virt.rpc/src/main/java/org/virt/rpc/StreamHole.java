package org.virt.rpc;

import java.nio.ByteBuffer;

/**
 * A part of a stream that is zeros and was left out.
 *
 * @param length how many bytes, 0 or more
 */
public record StreamHole(long length) {
  private static final int SIZE = Long.BYTES + Integer.BYTES;
  private static final int NO_FLAGS = 0;

  /**
   * Reads one.
   *
   * @throws XdrException when it is cut off, has flags or a length below zero
   */
  public static StreamHole read(Packet packet) throws XdrException {
    ByteBuffer body = packet.body().duplicate();
    Bounds.need(body, SIZE);
    long length = body.getLong();
    int flags = body.getInt();
    if (length < 0 || flags != NO_FLAGS) {
      throw new XdrException("a hole of %d bytes, flags 0x%x".formatted(length, flags));
    }
    return new StreamHole(length);
  }

  /** Writes the message that tells of it, in the stream of a header. */
  public ByteBuffer encode(Header stream) {
    byte[] body = ByteBuffer.allocate(SIZE).putLong(length).putInt(NO_FLAGS).array();
    return Packet.encode(stream.with(MessageType.STREAM_HOLE, MessageStatus.CONTINUE), body, SIZE);
  }
}
