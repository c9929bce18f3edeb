package org.virt.driver.qemu.internal.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A connected Unix socket that can hand over open files (unix(7), {@code SCM_RIGHTS}), which the
 * JDK's cannot. One thread may read while others write; {@link #close} wakes them.
 */
public final class UnixSocket implements ReadableByteChannel {
  private static final int MAX_PATH = 107;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int BUFFER = 4096;
  private static final int NONE = -1;

  private final int file;
  private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer sending = ByteBuffer.allocateDirect(BUFFER);
  private int users;
  private boolean closed;

  private UnixSocket(int file) {
    this.file = file;
  }

  /**
   * Connects to a socket that somebody listens on.
   *
   * @throws IOException with the reason, also when the connection is not accepted at once
   */
  public static UnixSocket connect(Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > MAX_PATH) {
      throw new IOException("the path has more than " + MAX_PATH + " bytes");
    }
    ByteBuffer address = ByteBuffer.allocateDirect(2 + MAX_PATH + 1);
    address.order(ByteOrder.nativeOrder()).putShort((short) Libc.AF_UNIX).put(name).rewind();
    // A blocking connect would wait for one who no longer accepts.
    int type = Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
    int file = Libc.socket(Libc.AF_UNIX, type, 0);
    if (file < 0) {
      throw new IOException(Libc.error());
    }
    if (Libc.connect(file, address, address.capacity()) < 0
        || Libc.fcntl(file, Libc.F_SETFL, new NativeLong(0)) < 0) {
      String reason = Libc.error();
      Libc.close(file);
      throw new IOException(reason);
    }
    return new UnixSocket(file);
  }

  private synchronized void enter() throws IOException {
    if (closed) {
      throw new AsynchronousCloseException();
    }
    users++;
  }

  private synchronized void leave() {
    users--;
    if (closed && users == 0) {
      Libc.close(file);
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    enter();
    try {
      int length = Math.min(BUFFER, target.remaining());
      long count;
      do {
        count = Libc.read(file, received.clear(), new NativeLong(length)).longValue();
      } while (count < 0 && Libc.errno() == Libc.EINTR);
      if (count < 0) {
        throw new IOException(Libc.error());
      }
      if (count == 0 && !isOpen()) {
        throw new AsynchronousCloseException();
      }
      target.put(received.limit((int) count));
      return count == 0 ? -1 : (int) count;
    } finally {
      leave();
    }
  }

  /** Sends all these bytes; the caller sees to it that only one thread does at a time. */
  public void send(byte[] bytes) throws IOException {
    send(bytes, NONE);
  }

  /**
   * As the other, and hands an open file over with the first of them.
   *
   * @param handed the file's number, which stays open here
   */
  public void send(byte[] bytes, int handed) throws IOException {
    enter();
    try {
      int sent = 0;
      while (sent < bytes.length) {
        int length = Math.min(BUFFER, bytes.length - sent);
        sending.clear().put(bytes, sent, length).flip();
        sent += write(length, sent == 0 ? handed : NONE);
      }
    } finally {
      leave();
    }
  }

  private int write(int length, int handed) throws IOException {
    long count;
    do {
      if (handed == NONE) {
        count = Libc.write(file, sending, new NativeLong(length)).longValue();
      } else {
        try (Message message = new Message(sending, length, handed)) {
          count = Libc.sendmsg(file, message.header, Libc.MSG_NOSIGNAL).longValue();
        }
      }
    } while (count < 0 && Libc.errno() == Libc.EINTR);
    if (count < 0) {
      throw new IOException(Libc.error());
    }
    return (int) count;
  }

  /** {@code struct msghdr}, {@code struct iovec} and {@code struct cmsghdr} of linux/socket.h. */
  private static final class Message implements AutoCloseable {
    private static final int WORD = Native.SIZE_T_SIZE;

    /** The control message's header; one number follows, rounded up to a word. */
    private static final int CONTROL = WORD + 2 * Integer.BYTES;

    private final Memory header = new Memory(7L * WORD);
    private final Memory vector = new Memory(2L * WORD);
    private final Memory control = new Memory(CONTROL + WORD);

    Message(ByteBuffer data, int length, int handed) {
      header.clear();
      control.clear();
      vector.setPointer(0, Native.getDirectBufferPointer(data));
      size(vector, WORD, length);
      header.setPointer(2L * WORD, vector);
      size(header, 3L * WORD, 1);
      header.setPointer(4L * WORD, control);
      size(header, 5L * WORD, CONTROL + WORD);
      size(control, 0, CONTROL + Integer.BYTES);
      control.setInt(WORD, SOL_SOCKET);
      control.setInt(WORD + Integer.BYTES, SCM_RIGHTS);
      control.setInt(CONTROL, handed);
    }

    private static void size(Memory memory, long offset, int value) {
      if (WORD == Long.BYTES) {
        memory.setLong(offset, value);
      } else {
        memory.setInt(offset, value);
      }
    }

    @Override
    public void close() {
      header.close();
      vector.close();
      control.close();
    }
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.shutdown(file, Libc.SHUT_RDWR);
      if (users == 0) {
        Libc.close(file);
      }
    }
  }
}
