package org.virt.driver.remote.internal.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;
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

  private final long most;
  private final Deque<ByteBuffer> arrived = new ArrayDeque<>();
  private long waiting;
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
    this.most = most;
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
    if (!awaitWhile(() -> !isOver(), Optional.of(limit))) {
      throw new IOException("it did not end within %d s".formatted(limit.toSeconds()));
    }
    return input().readAllBytes();
  }

  /** Says that all was sent, and waits until the other end has taken it. */
  public void finish(Duration limit) throws IOException {
    link.send(end(MessageStatus.OK));
    if (!awaitWhile(() -> !isOver(), Optional.of(limit))) {
      throw new IOException("its end was not taken within %d s".formatted(limit.toSeconds()));
    }
    synchronized (this) {
      if (failure != null) {
        throw new IOException(failure);
      }
      closed = true;
    }
  }

  private boolean isOver() {
    return ended || closed || failure != null;
  }

  /** Waits; says whether the time did not run out. */
  private synchronized boolean awaitWhile(BooleanSupplier condition, Optional<Duration> limit)
      throws IOException {
    long begin = System.nanoTime();
    while (condition.getAsBoolean()) {
      long left = 0;
      if (limit.isPresent()) {
        left = limit.get().minusNanos(System.nanoTime() - begin).toMillis();
        if (left <= 0) {
          return false;
        }
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the wait was interrupted", e);
      }
    }
    return true;
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
    link.send(end(how));
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
          add(packet.body());
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

  private synchronized void add(ByteBuffer bytes) {
    int count = bytes.remaining();
    if (closed || failure != null) {
      return;
    }
    if (waiting + count > most) {
      fail("more than %d bytes wait to be read".formatted(most));
      return;
    }
    waiting += count;
    arrived.add(bytes);
    notifyAll();
  }

  private ByteBuffer end(MessageStatus status) {
    return Packet.encode(call.with(MessageType.STREAM, status), NOTHING, 0);
  }

  /** Waits for bytes; returns how many came, −1 at the end. */
  private synchronized int read(ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    awaitWhile(() -> arrived.isEmpty() && !isOver(), Optional.empty());
    if (closed) {
      return -1;
    }
    if (arrived.isEmpty()) {
      if (failure != null) {
        throw new IOException(failure);
      }
      return -1;
    }
    return move(into);
  }

  private int move(ByteBuffer into) {
    ByteBuffer first = arrived.element();
    int count = Math.min(into.remaining(), first.remaining());
    into.put(first.slice().limit(count));
    first.position(first.position() + count);
    waiting -= count;
    notifyAll();
    if (!first.hasRemaining()) {
      arrived.remove();
    }
    return count;
  }

  /** Sends all bytes of a buffer. */
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      synchronized (this) {
        if (closed || ended || failure != null) {
          throw new IOException(failure == null ? "the stream is closed" : failure);
        }
      }
      int count = Math.min(PACKET_MAX, bytes.remaining());
      ByteBuffer message = ByteBuffer.allocate(Packet.HEAD_SIZE + count);
      message.put(Packet.HEAD_SIZE, bytes, bytes.position(), count);
      bytes.position(bytes.position() + count);
      link.send(Packet.frame(call.with(MessageType.STREAM, MessageStatus.CONTINUE), message));
    }
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return LinkStream.this.read(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public int available() {
      synchronized (LinkStream.this) {
        return (int) Math.min(Integer.MAX_VALUE, waiting);
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
      LinkStream.this.write(ByteBuffer.wrap(bytes, offset, length));
    }
  }
}
