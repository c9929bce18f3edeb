package org.virt.remote.internal.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.rpc.Packet;
import org.virt.rpc.PacketReader;

/**
 * The other end of a connection. What is sent goes out at once where the socket takes it, on the
 * sender's thread; the rest follows on the loop's. Safe for use by many threads.
 */
public final class Peer {
  private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

  /** A peer that does not fetch its answers is cut off. */
  private static final long MOST_UNSENT = 4L * Packet.MAX;

  private final IoLoop loop;
  private final ByteChannel channel;
  private final PacketReader reader = new PacketReader(Packet.MAX);
  private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile PeerHandler handler;
  private volatile boolean paused;
  private volatile boolean endAfterSending;
  private SelectionKey key;
  private long unsentBytes;

  Peer(IoLoop loop, ByteChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  void attach(SelectionKey registered, PeerHandler takes) {
    key = registered;
    handler = takes;
  }

  PeerHandler handler() {
    return handler;
  }

  /** Sends a message, or as much of it as goes now. */
  public void send(ByteBuffer message) {
    synchronized (unsent) {
      if (closed.get()) {
        return;
      }
      try {
        if (unsent.isEmpty()) {
          channel.write(message);
        }
        if (message.hasRemaining() || hasPending()) {
          unsent.add(message);
          unsentBytes += message.remaining();
          interest();
        }
      } catch (IOException e) {
        fail(e);
        return;
      }
      if (unsentBytes > MOST_UNSENT) {
        fail(new IOException(unsentBytes + " bytes were not fetched"));
      }
    }
  }

  /**
   * Waits until at most so many bytes are not sent yet.
   *
   * @return whether the peer is still there and the time did not run out
   */
  public boolean awaitSent(long most, long limit, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(limit);
    synchronized (unsent) {
      while (unsentBytes > most && !closed.get()) {
        long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (rest <= 0) {
          return false;
        }
        unsent.wait(rest);
      }
      return !closed.get();
    }
  }

  /** Takes no more messages until {@link #resume}. */
  public void pause() {
    paused = true;
    interest();
  }

  /** Takes messages again. */
  public void resume() {
    paused = false;
    interest();
  }

  /** Ends the connection once everything is sent. */
  public void endAfterSending() {
    synchronized (unsent) {
      endAfterSending = true;
      if (unsent.isEmpty()) {
        close();
      }
    }
  }

  /** Ends the connection. */
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("close a client's connection: {}", e.toString());
    }
    synchronized (unsent) {
      unsent.clear();
      unsent.notifyAll();
    }
    loop.forget(this);
  }

  /** Says whether it has ended. */
  public boolean isClosed() {
    return closed.get();
  }

  /** Reads what is there; on the loop's thread. */
  void read(ByteBuffer shared) {
    try {
      do {
        shared.clear();
        int count = channel.read(shared);
        if (count < 0) {
          close();
          return;
        }
        if (count == 0) {
          return;
        }
        take(shared.flip());
      } while (shared.limit() == shared.capacity() && !paused && !closed.get());
    } catch (IOException e) {
      fail(e);
    }
  }

  private void take(ByteBuffer bytes) throws IOException {
    while (!closed.get() && bytes.hasRemaining()) {
      Optional<Packet> packet = reader.next(bytes);
      if (packet.isPresent()) {
        handler.packet(packet.get());
      }
    }
  }

  /** Sends what waits; on the loop's thread. */
  void write() {
    synchronized (unsent) {
      try {
        while (!unsent.isEmpty()) {
          ByteBuffer first = unsent.peek();
          unsentBytes -= channel.write(first);
          if (first.hasRemaining() || hasPending()) {
            break;
          }
          unsent.remove();
        }
        unsent.notifyAll();
        if (unsent.isEmpty() && endAfterSending) {
          close();
        }
        interest();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private boolean hasPending() {
    return channel instanceof PendingChannel pending && pending.hasPending();
  }

  private void interest() {
    SelectionKey registered = key;
    if (registered == null || closed.get()) {
      return;
    }
    int wanted;
    synchronized (unsent) {
      wanted = (paused ? 0 : SelectionKey.OP_READ) | (unsent.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    }
    try {
      if (registered.interestOps() != wanted) {
        registered.interestOps(wanted);
        loop.wakeup();
      }
    } catch (CancelledKeyException e) {
      LOG.debug("a client has just gone");
    }
  }

  private void fail(IOException e) {
    LOG.debug("a client is cut off: {}", e.toString());
    close();
  }
}
