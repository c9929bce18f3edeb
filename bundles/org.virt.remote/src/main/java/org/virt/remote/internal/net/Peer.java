package org.virt.remote.internal.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.rpc.Header;
import org.virt.rpc.Packet;
import org.virt.rpc.PacketReader;

/**
 * The other end of a connection. What is sent goes out at once where the socket takes it, on the
 * sender's thread; the rest follows on the loop's. Safe for use by many threads.
 */
public final class Peer {
  private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final IoLoop loop;
  private final ByteChannel channel;
  private final PacketReader reader = new PacketReader(Packet.MAX);
  private final Outbox outbox;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong held = new AtomicLong();
  private volatile PeerHandler handler;
  private volatile boolean paused;
  private volatile boolean endAfterSending;

  /** What came before it was told to pause. */
  private volatile ByteBuffer rest = NOTHING;

  private SelectionKey key;
  private long reading;

  Peer(IoLoop loop, ByteChannel channel) {
    this.loop = loop;
    this.channel = channel;
    outbox = new Outbox(channel, this::interest);
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
    try {
      int waits = outbox.send(message);
      if (waits > 0) {
        hold(waits);
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  /**
   * Sends a message whose body is in a file. The calling thread reads the file and waits while the
   * peer takes nothing.
   *
   * @return whether it was sent; else the connection is no more
   */
  public boolean send(Header header, FilePart body, long limit, TimeUnit unit)
      throws InterruptedException {
    boolean sent = false;
    try {
      sent = outbox.send(Packet.head(header, body.size()), body, unit.toNanos(limit));
    } catch (IOException e) {
      fail(e);
    } finally {
      if (!sent) {
        close();
      }
    }
    return sent;
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
    return outbox.awaitSent(most, unit.toNanos(limit));
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
    endAfterSending = true;
    if (outbox.isEmpty()) {
      close();
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
    outbox.close();
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
    try {
      hold(-outbox.flush());
      if (endAfterSending && outbox.isEmpty()) {
        close();
      }
      interest();
    } catch (IOException e) {
      fail(e);
    }
  }

  private synchronized void interest() {
    SelectionKey registered = key;
    if (registered == null || closed.get()) {
      return;
    }
    int wanted =
        (paused ? 0 : SelectionKey.OP_READ) | (outbox.wantsRoom() ? SelectionKey.OP_WRITE : 0);
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
