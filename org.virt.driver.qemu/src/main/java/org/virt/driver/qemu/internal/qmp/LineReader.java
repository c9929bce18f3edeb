package org.virt.driver.qemu.internal.qmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads lines of bounded length from a channel, in UTF-8. For one thread. */
final class LineReader {
  private static final int FIRST_SIZE = 4096;

  private final ReadableByteChannel channel;
  private final int limit;
  private byte[] bytes = new byte[FIRST_SIZE];
  private int start;
  private int end;

  /**
   * Makes a reader.
   *
   * @param limit the longest line that is accepted, bytes
   */
  LineReader(ReadableByteChannel channel, int limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /**
   * Returns the next line without its end, or null at the end of the stream.
   *
   * @throws IOException when reading fails or a line is longer than the limit
   */
  String next() throws IOException {
    int searched = start;
    while (true) {
      for (int i = searched; i < end; i++) {
        if (bytes[i] == '\n') {
          return take(i);
        }
      }
      searched = end - start;
      if (searched > limit) {
        throw new IOException("a line is longer than " + limit + " bytes");
      }
      makeRoom();
      int count = channel.read(ByteBuffer.wrap(bytes, end, bytes.length - end));
      if (count < 0) {
        return null;
      }
      end += count;
    }
  }

  private String take(int lineEnd) {
    int length = lineEnd - start;
    if (length > 0 && bytes[lineEnd - 1] == '\r') {
      length--;
    }
    String line = new String(bytes, start, length, StandardCharsets.UTF_8);
    start = lineEnd + 1;
    if (start == end) {
      start = 0;
      end = 0;
      if (bytes.length > FIRST_SIZE) {
        bytes = new byte[FIRST_SIZE];
      }
    }
    return line;
  }

  /** Moves what was read to the front, and doubles the buffer when it is full. */
  private void makeRoom() {
    if (start > 0) {
      System.arraycopy(bytes, start, bytes, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
  }
}
