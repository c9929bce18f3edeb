package org.virt.remote.internal.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/** Hands bytes from one thread to another, which may lag behind a little; each end may break it. */
public final class Pipe {
  private static final int MOST = 1024 * 1024;

  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private long held;
  private int taken;
  private boolean ended;
  private IOException broken;

  /** Returns where bytes come out. */
  public InputStream source() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return take(into, offset, length);
      }
    };
  }

  /** Returns where bytes go in. */
  public OutputStream sink() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        put(new byte[] {(byte) one});
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        put(Arrays.copyOfRange(from, offset, offset + length));
      }

      @Override
      public void close() {
        end();
      }
    };
  }

  /** Says that nothing more goes in. */
  public synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Has all reading and writing fail from now on, but for what has ended. */
  public synchronized void breakWith(IOException reason) {
    if (broken == null) {
      broken = reason;
    }
    notifyAll();
  }

  private synchronized void put(byte[] piece) throws IOException {
    awaitWhile(() -> held >= MOST && broken == null);
    check();
    if (piece.length > 0) {
      pieces.add(piece);
      held += piece.length;
      notifyAll();
    }
  }

  private synchronized int take(byte[] into, int offset, int length) throws IOException {
    awaitWhile(() -> pieces.isEmpty() && !ended && broken == null);
    check();
    if (length == 0) {
      return 0;
    }
    byte[] first = pieces.peek();
    if (first == null) {
      return -1;
    }
    int count = Math.min(length, first.length - taken);
    System.arraycopy(first, taken, into, offset, count);
    taken += count;
    held -= count;
    if (taken == first.length) {
      pieces.remove();
      taken = 0;
    }
    notifyAll();
    return count;
  }

  private synchronized void awaitWhile(BooleanSupplier condition) throws IOException {
    try {
      while (condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private void check() throws IOException {
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken.getCause());
    }
  }
}
