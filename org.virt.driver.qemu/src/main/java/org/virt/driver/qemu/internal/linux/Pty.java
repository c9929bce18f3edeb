package org.virt.driver.qemu.internal.linux;

import com.sun.jna.NativeLong;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.virt.api.Console;

/**
 * A pseudo terminal whose other end QEMU holds. It is opened with {@code O_NOCTTY}, which Java's
 * own channels cannot: a runtime without a terminal would be hung up together with the machine.
 */
public final class Pty implements Console {
  private static final int MAX_READ = 8192;

  private final int file;
  private final Waker waker;
  private final Runnable onClose;
  private final Object reading = new Object();
  private final Object writing = new Object();
  private volatile boolean closed;

  private Pty(int file, Waker waker, Runnable onClose) {
    this.file = file;
    this.waker = waker;
    this.onClose = onClose;
  }

  /**
   * Opens a terminal.
   *
   * @param onClose called once, when it has been closed
   */
  public static Pty open(String path, Runnable onClose) throws IOException {
    int file = Libc.open(path, Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (file < 0) {
      throw new IOException(path + ": " + Libc.error());
    }
    try {
      return new Pty(file, new Waker(), onClose);
    } catch (IOException e) {
      Libc.close(file);
      throw e;
    }
  }

  @Override
  public InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return length == 0 ? 0 : Pty.this.read(bytes, offset, length);
      }
    };
  }

  @Override
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        Pty.this.write(bytes, offset, length);
      }
    };
  }

  private int read(byte[] bytes, int offset, int length) throws IOException {
    synchronized (reading) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(Math.min(length, MAX_READ));
      int count;
      do {
        if (!await(Libc.POLLIN)) {
          return -1;
        }
        count = Libc.read(file, buffer, new NativeLong(buffer.capacity())).intValue();
      } while (count < 0 && again());
      // EIO: the machine has closed its end.
      if (count <= 0) {
        return -1;
      }
      buffer.get(bytes, offset, count);
      return count;
    }
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    synchronized (writing) {
      int done = 0;
      while (done < length) {
        if (!await(Libc.POLLOUT)) {
          throw new InterruptedIOException("the console was closed");
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(length - done);
        buffer.put(bytes, offset + done, length - done).flip();
        int count = Libc.write(file, buffer, new NativeLong(length - done)).intValue();
        if (count < 0 && !again()) {
          throw new IOException("write to the console: " + Libc.error());
        }
        done += Math.max(count, 0);
      }
    }
  }

  private static boolean again() {
    return Libc.errno() == Libc.EINTR || Libc.errno() == Libc.EAGAIN;
  }

  /** Waits until the terminal is ready; false when it was closed by us. */
  private boolean await(short event) throws IOException {
    if (closed) {
      return false;
    }
    PollSet set = new PollSet(2);
    int woken = set.add(waker.file(), Libc.POLLIN);
    set.add(file, event);
    set.poll(-1);
    return !closed && !set.has(woken, Libc.POLLIN);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    waker.wake();
    // A reader or writer that was under way leaves at once; then nobody uses the files any more.
    synchronized (reading) {
      synchronized (writing) {
        Libc.close(file);
        waker.close();
      }
    }
    onClose.run();
  }
}
