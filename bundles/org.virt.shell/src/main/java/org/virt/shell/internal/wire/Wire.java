package org.virt.shell.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Frames over a channel: a byte for the type, four for the length, the payload. One thread reads,
 * any may write. The channel is used directly, because the streams of {@link
 * java.nio.channels.Channels} let a blocked reader keep writers out (JDK-8279339).
 */
public final class Wire implements AutoCloseable {
  /**
   * Larger than any XML that is accepted, so that the refusal comes from where it can be explained.
   */
  public static final int MAX_PAYLOAD = 4 << 20;

  private static final int HEADER = 5;
  private static final int BUFFER = 16 << 10;

  private final ByteChannel channel;
  private final Object writing = new Object();
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER).flip();

  public Wire(ByteChannel channel) {
    this.channel = channel;
  }

  /** Sends a frame with text. */
  public void send(FrameType type, String text) throws IOException {
    send(type, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends an empty frame. */
  public void send(FrameType type) throws IOException {
    send(type, new byte[0]);
  }

  /** Sends a frame. */
  public void send(FrameType type, byte[] payload) throws IOException {
    if (payload.length > MAX_PAYLOAD) {
      throw new WireException("frame of " + payload.length + " bytes is too long");
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.length);
    frame.put((byte) type.ordinal()).putInt(payload.length).put(payload).flip();
    synchronized (writing) {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    }
  }

  /** Returns the next frame, or null at the end of the connection. */
  public Frame receive() throws IOException {
    while (in.remaining() < HEADER) {
      in.compact();
      int read = channel.read(in);
      in.flip();
      if (read < 0) {
        return null;
      }
    }
    FrameType type = FrameType.of(in.get());
    int length = in.getInt();
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new WireException("frame of " + length + " bytes is too long");
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    int buffered = Math.min(length, in.remaining());
    payload.put(in.slice().limit(buffered));
    in.position(in.position() + buffered);
    while (payload.hasRemaining()) {
      if (channel.read(payload) < 0) {
        return null;
      }
    }
    return new Frame(type, payload.array());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
