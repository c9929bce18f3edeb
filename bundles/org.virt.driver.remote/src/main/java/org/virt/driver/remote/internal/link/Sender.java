package org.virt.driver.remote.internal.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Writes messages one after the other. */
final class Sender {
  private final WritableByteChannel channel;
  private final Duration limit;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile long began;

  /**
   * Makes a sender.
   *
   * @param limit how long a message may take to be taken
   */
  Sender(WritableByteChannel channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /** Sends a message, and returns why that failed. */
  Optional<String> send(ByteBuffer message) {
    try {
      if (!turn.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of(stuck());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("a thread was interrupted before it could send");
    }
    try {
      began = System.nanoTime();
      while (message.hasRemaining()) {
        channel.write(message);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    } finally {
      began = 0;
      turn.unlock();
    }
  }

  /** Says why the connection is of no use, when a message has been on its way for too long. */
  Optional<String> complaint() {
    long since = began;
    return since != 0 && System.nanoTime() - since > limit.toNanos()
        ? Optional.of(stuck())
        : Optional.empty();
  }

  private String stuck() {
    return "the other end has taken nothing for %d s".formatted(limit.toSeconds());
  }
}
