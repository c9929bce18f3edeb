package org.virt.remote.internal.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What goes to a peer: messages in their order, each as far as it goes now, the rest when there is
 * room. Safe for use by many threads.
 */
final class Outbox {
  /** What is written at once: each thread keeps a direct buffer of that size for good. */
  private static final int PIECE = 256 * 1024;

  /** What may be on its way to who fetches files, if the host's limit is as high. */
  private static final int WIDE = 1024 * 1024;

  private final ByteChannel channel;
  private final Runnable interest;
  private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
  private long unsentBytes;
  private boolean closed;

  /** A thread is in the middle of a message; nothing else goes out. */
  private boolean claimed;

  /** That thread waits for room. */
  private boolean full;

  /** Files were sent; of the thread that has claimed it. */
  private boolean wide;

  /**
   * Makes an empty one.
   *
   * @param interest called when {@link #wantsRoom} may have changed
   */
  Outbox(ByteChannel channel, Runnable interest) {
    this.channel = channel;
    this.interest = interest;
  }

  /** Says whether to call {@link #flush} when there is room. */
  synchronized boolean wantsRoom() {
    return claimed ? full : !unsent.isEmpty();
  }

  synchronized boolean isEmpty() {
    return unsent.isEmpty() && !claimed;
  }

  /** Sends a message, or as much of it as goes now; returns how many bytes wait. */
  int send(ByteBuffer message) throws IOException {
    int waits;
    synchronized (this) {
      if (closed) {
        return 0;
      }
      if (unsent.isEmpty() && !claimed) {
        write(message);
      }
      if (!message.hasRemaining() && (claimed || !hasPending())) {
        return 0;
      }
      unsent.add(message);
      waits = message.remaining();
      unsentBytes += waits;
    }
    interest.run();
    return waits;
  }

  /**
   * Sends a message whose body is in a file; the calling thread does so and waits for room.
   *
   * @param limit nanoseconds that it may take
   * @return whether it was sent; else the peer cannot be talked to any more
   */
  boolean send(ByteBuffer head, FilePart body, long limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit;
    if (!claim(end)) {
      return false;
    }
    widen();
    try {
      while (head.hasRemaining() || body.remaining() > 0) {
        long went = head.hasRemaining() ? channel.write(head) : body.transferTo(channel);
        if (went == 0 && !awaitRoom(end)) {
          return false;
        }
      }
      return true;
    } finally {
      release();
    }
  }

  /**
   * Has the kernel take a whole message and more from who sends files: their pages are its own, and
   * the sender goes on while the peer takes what is there.
   */
  private void widen() throws IOException {
    if (!wide && channel instanceof SocketChannel socket) {
      socket.setOption(StandardSocketOptions.SO_SNDBUF, WIDE);
    }
    wide = true;
  }

  private synchronized boolean claim(long end) throws InterruptedException {
    boolean mine = awaitWhile(() -> claimed || !unsent.isEmpty(), end);
    claimed |= mine;
    return mine;
  }

  private boolean awaitRoom(long end) throws InterruptedException {
    synchronized (this) {
      full = true;
    }
    interest.run();
    synchronized (this) {
      return awaitWhile(() -> full, end);
    }
  }

  private void release() {
    synchronized (this) {
      claimed = false;
      full = false;
      if (!closed && unsent.isEmpty() && hasPending()) {
        unsent.add(ByteBuffer.allocate(0));
      }
      notifyAll();
    }
    interest.run();
  }

  /** Waits; says whether the peer is still there and the time did not run out. */
  private boolean awaitWhile(BooleanSupplier condition, long end) throws InterruptedException {
    while (condition.getAsBoolean() && !closed) {
      long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (rest <= 0) {
        return false;
      }
      wait(rest);
    }
    return !closed;
  }

  /** Sends what waits, as far as it goes now; returns how many bytes went. */
  synchronized long flush() throws IOException {
    long before = unsentBytes;
    full = false;
    while (!claimed && !unsent.isEmpty()) {
      ByteBuffer first = unsent.peek();
      unsentBytes -= write(first);
      if (first.hasRemaining() || hasPending()) {
        break;
      }
      unsent.remove();
    }
    notifyAll();
    return before - unsentBytes;
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

  /**
   * Waits until at most so many bytes are not sent yet.
   *
   * @param limit nanoseconds that it may take
   * @return whether the peer is still there and the time did not run out
   */
  synchronized boolean awaitSent(long most, long limit) throws InterruptedException {
    return awaitWhile(() -> unsentBytes > most, System.nanoTime() + limit);
  }

  /** Forgets what is not sent. */
  synchronized void close() {
    closed = true;
    unsent.clear();
    notifyAll();
  }

  private boolean hasPending() {
    return channel instanceof PendingChannel pending && pending.hasPending();
  }
}
