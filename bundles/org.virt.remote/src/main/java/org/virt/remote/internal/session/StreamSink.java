package org.virt.remote.internal.session;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Takes what a client sends by a stream. */
public interface StreamSink extends Closeable {
  /** Takes bytes; they are in an array. */
  void data(ByteBuffer bytes) throws IOException;

  /** Takes zeros that were not sent. */
  default void hole(long length) throws IOException {
    throw new IOException("a hole of " + length + " bytes in a stream that has none");
  }

  /** Has everything taken to its end, so that the answer says whether it was. */
  @Override
  void close() throws IOException;

  /** Returns what hands bytes to an output, at once. */
  static StreamSink of(OutputStream output) {
    return new StreamSink() {
      @Override
      public void data(ByteBuffer bytes) throws IOException {
        output.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        output.flush();
      }

      @Override
      public void close() throws IOException {
        output.close();
      }
    };
  }
}
