package org.virt.driver.remote.internal.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** A channel over two streams: one thread reads, another writes. */
final class StreamChannel implements ByteChannel {
  private static final int CHUNK = 64 * 1024;

  private final InputStream in;
  private final OutputStream out;
  private final Closeable whole;
  private final byte[] chunk = new byte[CHUNK];
  private volatile boolean closed;

  /**
   * Makes a channel.
   *
   * @param whole ends both streams at once when it is closed, also while they are used
   */
  StreamChannel(InputStream in, OutputStream out, Closeable whole) {
    this.in = in;
    this.out = out;
    this.whole = whole;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int count = in.read(chunk, 0, Math.min(to.remaining(), chunk.length));
    if (count > 0) {
      to.put(chunk, 0, count);
    }
    return count;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int count = from.remaining();
    out.write(from.array(), from.arrayOffset() + from.position(), count);
    out.flush();
    from.position(from.limit());
    return count;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    whole.close();
  }
}
