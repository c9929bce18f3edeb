package org.virt.driver.remote.internal.link;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads and writes of one thread that end in time: the channel is closed under one that takes too
 * long, or whose thread was interrupted.
 */
final class Patience implements AutoCloseable {
  private final ByteChannel channel;
  private final Future<?> looks;
  private final AtomicReference<Wait> waiting = new AtomicReference<>();
  private volatile String verdict;

  /** A read or a write, until it is done. */
  @FunctionalInterface
  interface Step {
    int take() throws IOException;
  }

  private record Wait(Thread thread, long begin, Duration limit) {
    private boolean isTooLong() {
      return System.nanoTime() - begin > limit.toNanos();
    }
  }

  Patience(ByteChannel channel, LinkRuntime runtime) {
    this.channel = channel;
    long interval = runtime.limits().look().toNanos();
    looks =
        runtime
            .timer()
            .scheduleWithFixedDelay(this::look, interval, interval, TimeUnit.NANOSECONDS);
  }

  /** Takes a step; returns what it returns. */
  int within(Duration limit, Step step) throws IOException {
    waiting.set(new Wait(Thread.currentThread(), System.nanoTime(), limit));
    try {
      return step.take();
    } catch (IOException e) {
      throw verdict == null ? e : new IOException(verdict, e);
    } finally {
      waiting.set(null);
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    looks.cancel(false);
  }

  private void look() {
    Wait wait = waiting.get();
    if (wait == null) {
      return;
    }
    if (wait.thread.isInterrupted()) {
      end(wait, "the wait was interrupted");
    } else if (wait.isTooLong()) {
      end(wait, "nothing moved for %d s".formatted(wait.limit.toSeconds()));
    }
  }

  /** Closes the channel, unless the wait has just ended by itself. */
  private void end(Wait wait, String reason) {
    verdict = reason;
    if (waiting.compareAndSet(wait, null)) {
      try {
        channel.close();
      } catch (IOException e) {
        // It is of no use any more; that it cannot even be closed changes nothing.
      }
    }
  }
}
