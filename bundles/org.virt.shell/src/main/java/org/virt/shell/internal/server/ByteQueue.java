package org.virt.shell.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes from one thread to another; the writer waits while much is unread. */
final class ByteQueue extends InputStream {
  private static final int MAX_UNREAD = 1 << 20;

  private final Deque<byte[]> chunks = new ArrayDeque<>();
  private int position;
  private int unread;
  private boolean ended;

  synchronized void put(byte[] bytes) throws InterruptedException {
    while (unread > MAX_UNREAD && !ended) {
      wait();
    }
    if (bytes.length > 0 && !ended) {
      chunks.add(bytes);
      unread += bytes.length;
      notifyAll();
    }
  }

  /** Lets the reader see the end after what was put before. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] target, int offset, int length) throws IOException {
    while (chunks.isEmpty() && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }
    if (chunks.isEmpty()) {
      return -1;
    }
    byte[] chunk = chunks.peek();
    int taken = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, target, offset, taken);
    position += taken;
    unread -= taken;
    if (position == chunk.length) {
      chunks.remove();
      position = 0;
    }
    notifyAll();
    return taken;
  }

  @Override
  public synchronized int available() {
    return unread;
  }
}
