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
import java.util.concurrent.atomic.AtomicLong;
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

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What is written at once: each thread keeps a direct buffer of that size for good. */
  private static final int PIECE = 256 * 1024;

  private final IoLoop loop;
  private final ByteChannel channel;
  private final PacketReader reader = new PacketReader(Packet.MAX);
  private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong held = new AtomicLong();
  private volatile PeerHandler handler;
  private volatile boolean paused;
  private volatile boolean endAfterSending;

  /** What came before it was told to pause. */
  private volatile ByteBuffer rest = NOTHING;

  private SelectionKey key;
  private long unsentBytes;
  private long reading;

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
    int waits = 0;
    synchronized (unsent) {
      if (closed.get()) {
        return;
      }
      try {
        if (unsent.isEmpty()) {
          write(message);
        }
        if (message.hasRemaining() || hasPending()) {
          unsent.add(message);
          waits = message.remaining();
          unsentBytes += waits;
          interest();
        }
      } catch (IOException e) {
        fail(e);
        return;
      }
    }
    if (waits > 0) {
      hold(waits);
    }
  }

  /** Writes as much as goes now, in pieces; returns how many bytes went. */
  private int write(ByteBuffer message) throws IOException {
    int end = message.limit();
    int begin = message.position();
    try {
      do {
        message.limit(Math.min(end, message.position() + PIECE));
        channel.write(message);
      } while (!message.hasRemaining() && message.position() < end);
    } finally {
      message.limit(end);
    }
    return message.position() - begin;
  }

  /** Notes that it has this end keep more bytes, or fewer. */
  public void hold(long more) {
    if (!closed.get()) {
      held.addAndGet(more);
      loop.hold(more);
      if (closed.get()) {
        loop.hold(-held.getAndSet(0));
      }
    }
  }

  /** Returns how many bytes it has this end keep. */
  long held() {
    return held.get();
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
    if (rest.hasRemaining()) {
      loop.execute(this::takeRest);
    }
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
    loop.hold(-held.getAndSet(0));
    loop.forget(this);
  }

  /** Says whether it has ended. */
  public boolean isClosed() {
    return closed.get();
  }

  /** Reads what is there; on the loop's thread. */
  void read(ByteBuffer shared) {
    try {
      takeRest();
      do {
        if (rest.hasRemaining()) {
          return;
        }
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

  private void takeRest() {
    ByteBuffer bytes = rest;
    rest = NOTHING;
    try {
      take(bytes);
    } catch (IOException e) {
      fail(e);
    }
  }

  /** Takes messages until told to pause; what follows is kept until told to resume. */
  private void take(ByteBuffer bytes) throws IOException {
    while (!closed.get() && bytes.hasRemaining()) {
      if (paused) {
        rest = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
        // Whoever resumes after this sees the rest.
        if (paused) {
          break;
        }
        rest = NOTHING;
      }
      Optional<Packet> packet = reader.next(bytes);
      if (packet.isPresent()) {
        handler.packet(packet.get());
      }
    }
    long now = reader.room() + rest.remaining();
    if (now != reading) {
      hold(now - reading);
      reading = now;
    }
  }

  /** Sends what waits; on the loop's thread. */
  void write() {
    synchronized (unsent) {
      try {
        long before = unsentBytes;
        while (!unsent.isEmpty()) {
          ByteBuffer first = unsent.peek();
          unsentBytes -= write(first);
          if (first.hasRemaining() || hasPending()) {
            break;
          }
          unsent.remove();
        }
        hold(unsentBytes - before);
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
