package org.virt.remote.internal.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.virt.api.storage.VolumeContent;

/** Writes a volume's content, or a part of it, as it comes. */
public final class VolumeSink implements StreamSink {
  private static final int BLOCK = 64 * 1024;

  private static final ByteBuffer ZEROS = ByteBuffer.allocate(BLOCK).asReadOnlyBuffer();

  private final VolumeContent content;
  private long position;
  private long left;

  /**
   * Begins.
   *
   * @param position of the first byte
   * @param length how many bytes at most; 0 for as many as come
   */
  public VolumeSink(VolumeContent content, long position, long length) {
    this.content = content;
    this.position = position;
    this.left = length == 0 ? Long.MAX_VALUE : length;
  }

  @Override
  public void data(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    take(count);
    content.write(bytes, position);
    position += count;
  }

  private void take(long count) throws IOException {
    if (count > left || count > Long.MAX_VALUE - position) {
      throw new IOException("more bytes come than were announced");
    }
    left -= count;
  }

  @Override
  public void hole(long length) throws IOException {
    take(length);
    long end = position + length;
    while (position < end) {
      int count = (int) Math.min(BLOCK, end - position);
      position += content.file().isPresent() ? clear(count, end) : zero(count);
    }
  }

  private long zero(int count) throws IOException {
    content.write(ZEROS.slice(0, count), position);
    return count;
  }

  /** Leaves what is zero already as it is, so that a sparse file stays one. */
  private long clear(int most, long end) throws IOException {
    ByteBuffer there = ByteBuffer.allocate(most);
    int count = content.read(there, position);
    if (count < 0) {
      // Behind the end nothing is there: the last byte says how long it is.
      content.write(ZEROS.slice(0, 1), end - 1);
      return end - position;
    }
    return there.flip().equals(ZEROS.slice(0, count)) ? count : zero(count);
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
