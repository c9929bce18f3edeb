package org.virt.remote.internal.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Bytes of a file that are to be sent, without a copy of them here. */
public final class FilePart {
  private final FileChannel file;
  private final int size;
  private long position;
  private int remaining;

  /** Takes so many bytes from a position on; the file has them. */
  public FilePart(FileChannel file, long position, int size) {
    this.file = file;
    this.position = position;
    this.size = size;
    this.remaining = size;
  }

  int size() {
    return size;
  }

  int remaining() {
    return remaining;
  }

  /** Hands over as many as go now; returns how many. */
  long transferTo(WritableByteChannel channel) throws IOException {
    long went = file.transferTo(position, remaining, channel);
    if (went == 0 && position >= file.size()) {
      throw new EOFException("a file has become shorter while it was sent");
    }
    position += went;
    remaining -= (int) went;
    return went;
  }
}
