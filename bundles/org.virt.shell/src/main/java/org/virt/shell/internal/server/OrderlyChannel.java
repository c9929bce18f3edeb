package org.virt.shell.internal.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A channel that can write on a thread of its own. The JDK closes a channel whose writer is
 * interrupted, and line editors and Gogo interrupt the threads that print; commands do not.
 */
final class OrderlyChannel implements ByteChannel {
  private static final int UNWRITTEN = 256;
  private static final long CLOSE_MILLIS = 2000;
  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final ByteChannel channel;
  private final BlockingQueue<ByteBuffer> unwritten = new ArrayBlockingQueue<>(UNWRITTEN);
  private final CountDownLatch written = new CountDownLatch(1);
  private volatile boolean apart;
  private volatile boolean broken;

  /** Writes to a channel, on the threads of those who ask for it. */
  OrderlyChannel(ByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Writes on another thread from now on; called once.
   *
   * @param threads has a thread for it
   */
  void writeApart(Executor threads) {
    threads.execute(this::drain);
    apart = true;
  }

  private void drain() {
    try {
      for (ByteBuffer next = unwritten.take(); next.hasRemaining(); next = unwritten.take()) {
        while (next.hasRemaining()) {
          channel.write(next);
        }
      }
    } catch (IOException | InterruptedException e) {
      // Whoever writes next is told.
    } finally {
      broken = true;
      unwritten.clear();
      written.countDown();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int length = source.remaining();
    if (!apart) {
      return writeHere(source);
    }
    ByteBuffer copy = ByteBuffer.allocate(length).put(source).flip();
    put(copy);
    return length;
  }

  /** An interrupt that a command has left for whoever called it is not about this. */
  private int writeHere(ByteBuffer source) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      return channel.write(source);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for room, also when interrupted, but not for a client that has gone. */
  private void put(ByteBuffer bytes) throws IOException {
    boolean interrupted = false;
    try {
      boolean done = false;
      while (!done) {
        if (broken) {
          throw new ClosedChannelException();
        }
        try {
          done = unwritten.offer(bytes, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  /** Writes what was handed over, within bounds, and closes the channel. */
  @Override
  public void close() throws IOException {
    try {
      if (apart && unwritten.offer(END)) {
        written.await(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channel.close();
    }
  }
}
