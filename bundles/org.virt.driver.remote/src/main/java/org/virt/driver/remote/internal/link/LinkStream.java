package org.virt.driver.remote.internal.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrException;

/**
 * Bytes in both directions beside the calls of a link. One thread reads; what it leaves waits here,
 * up to a limit. Safe for use by many threads otherwise.
 */
public final class LinkStream implements AutoCloseable {
  /** The most that a packet of a stream carries. */
  private static final int PACKET_MAX = 262_120;

  private static final byte[] NOTHING = {};

  private static final int PATIENT_MOST = 4 * 1024 * 1024;

  private final long most;
  private final Optional<Duration> patience;
  private final Deque<byte[]> arrived = new ArrayDeque<>();
  private long waiting;
  private int taken;
  private boolean ended;
  private boolean closed;
  private String failure;
  private Link link;
  private Header call;

  /**
   * Makes a stream, to be opened by a call.
   *
   * @param most how many bytes may wait to be read; a stream with more fails
   */
  public LinkStream(long most) {
    this(most, Optional.empty());
  }

  private LinkStream(long most, Optional<Duration> patience) {
    this.most = most;
    this.patience = patience;
  }

  /**
   * Makes a stream whose link has nothing else to carry, and waits while nobody reads.
   *
   * @param patience how long nothing may come, or nobody read
   */
  public static LinkStream patient(Duration patience) {
    return new LinkStream(PATIENT_MOST, Optional.of(patience));
  }

  /** Returns what comes; it ends with the stream, and throws when that failed. */
  public InputStream input() {
    return new Input();
  }

  /** Returns what goes out, at once. */
  public OutputStream output() {
    return new Output();
  }

  /** Returns all that comes until the stream ends, within a time. */
  public byte[] all(Duration limit) throws IOException {
    synchronized (this) {
      long deadline = System.nanoTime() + limit.toNanos();
      while (!ended && !closed && failure == null) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new IOException("it did not end within %d s".formatted(limit.toSeconds()));
        }
        try {
          wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("the read was interrupted", e);
        }
      }
    }
    return input().readAllBytes();
  }

  /** Says that all was sent, and waits until the other end has taken it. */
  public void finish(Duration limit) throws IOException {
    link.send(packet(MessageStatus.OK, NOTHING, 0));
    synchronized (this) {
      long deadline = System.nanoTime() + limit.toNanos();
      while (!ended && failure == null) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new IOException("its end was not taken within %d s".formatted(limit.toSeconds()));
        }
        try {
          wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("the wait was interrupted", e);
        }
      }
      if (failure != null) {
        throw new IOException(failure);
      }
      closed = true;
    }
  }

  /** Ends it: a blocked read returns. */
  @Override
  public void close() {
    MessageStatus how;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
      if (link == null || failure != null) {
        return;
      }
      how = ended ? MessageStatus.OK : MessageStatus.ERROR;
    }
    link.forget(this, call.serial());
    try {
      link.send(packet(how, NOTHING, 0));
    } catch (XdrException e) {
      throw new IllegalStateException(e);
    }
  }

  synchronized void attach(Link carrier, Header header) {
    link = carrier;
    call = header;
  }

  /** Takes a packet, on the reading thread of the link. */
  void take(Packet packet) throws XdrException {
    switch (packet.header().status()) {
      case ERROR -> fail(Answer.failure(RpcError.read(packet)).getMessage());
      case OK -> end();
      case CONTINUE -> {
        if (packet.header().type() != MessageType.STREAM) {
          fail("a hole in a stream that has none");
        } else if (!packet.body().hasRemaining()) {
          end();
        } else {
          byte[] bytes = new byte[packet.body().remaining()];
          packet.body().duplicate().get(bytes);
          add(bytes);
        }
      }
    }
  }

  synchronized void fail(String reason) {
    if (failure == null && !ended) {
      failure = reason;
    }
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private void add(byte[] bytes) {
    synchronized (this) {
      long deadline = System.nanoTime() + patience.orElse(Duration.ZERO).toNanos();
      while (waiting > 0 && waiting + bytes.length > most && !closed && failure == null) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          break;
        }
        try {
          wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
      if (closed || failure != null) {
        return;
      }
      if (waiting + bytes.length <= most) {
        waiting += bytes.length;
        arrived.add(bytes);
        notifyAll();
        return;
      }
    }
    fail("more than %d bytes wait to be read".formatted(most));
  }

  private java.nio.ByteBuffer packet(MessageStatus status, byte[] bytes, int length)
      throws XdrException {
    return Packet.encode(call.with(MessageType.STREAM, status), bytes, length);
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      synchronized (LinkStream.this) {
        long since = System.nanoTime();
        while (arrived.isEmpty() && !ended && !closed && failure == null) {
          await(since);
        }
        if (closed) {
          return -1;
        }
        if (arrived.isEmpty()) {
          if (failure != null) {
            throw new IOException(failure);
          }
          return -1;
        }
        return move(bytes, offset, length);
      }
    }

    @Override
    public int available() {
      synchronized (LinkStream.this) {
        return (int) Math.min(Integer.MAX_VALUE, waiting);
      }
    }

    private int move(byte[] bytes, int offset, int length) {
      byte[] first = arrived.element();
      int count = Math.min(length, first.length - taken);
      System.arraycopy(first, taken, bytes, offset, count);
      taken += count;
      waiting -= count;
      LinkStream.this.notifyAll();
      if (taken == first.length) {
        arrived.remove();
        taken = 0;
      }
      return count;
    }

    private void await(long since) throws IOException {
      long left = 0;
      if (patience.isPresent()) {
        left = patience.get().toMillis() - (System.nanoTime() - since) / 1_000_000;
        if (left <= 0) {
          throw new IOException("nothing came for %d s".formatted(patience.get().toSeconds()));
        }
      }
      try {
        LinkStream.this.wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the read was interrupted", e);
      }
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int from = offset; from < offset + length; from += PACKET_MAX) {
        synchronized (LinkStream.this) {
          if (closed || ended || failure != null) {
            throw new IOException(failure == null ? "the stream is closed" : failure);
          }
        }
        int count = Math.min(PACKET_MAX, offset + length - from);
        link.send(
            packet(MessageStatus.CONTINUE, Arrays.copyOfRange(bytes, from, from + count), count));
      }
    }
  }
}
