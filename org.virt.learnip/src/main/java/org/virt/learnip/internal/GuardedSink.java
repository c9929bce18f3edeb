package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.PortId;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnSink;

/**
 * Keeps what was learned until {@link #deliver}, and passes it on until it is closed; no failure of
 * the receiver reaches the capture. So the receiver is called without a lock: it may take its time,
 * and ask the learner for something.
 */
final class GuardedSink implements LearnSink {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedSink.class);

  private final PortId port;
  private final LearnSink target;
  private final Queue<Runnable> kept = new ConcurrentLinkedQueue<>();
  private final ReentrantLock delivery = new ReentrantLock();
  private volatile boolean closed;

  GuardedSink(PortId port, LearnSink target) {
    this.port = port;
    this.target = target;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
  }

  @Override
  public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "{}: learned {} from {}, lifetime {}", port, address.getHostAddress(), source, lifetime);
    }
    kept.add(() -> target.learned(address, source, lifetime));
  }

  @Override
  public void released(InetAddress address) {
    LOG.debug("{}: released {}", port, address.getHostAddress());
    kept.add(() -> target.released(address));
  }

  @Override
  public void refused(InetAddress address, Source source, Refusal why) {
    kept.add(() -> target.refused(address, source, why));
  }

  @Override
  public void failed(String reason) {
    kept.add(() -> target.failed(reason));
  }

  /** Says whether something is kept. */
  boolean hasKept() {
    return !kept.isEmpty();
  }

  @Override
  public void together(Runnable telling) {
    try {
      target.together(telling);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("{}: what was learned together was not taken", port, e);
    }
  }

  /** Passes on what was kept, in its order; another thread that does so already goes on with it. */
  void deliver() {
    while (!kept.isEmpty() && !delivery.isHeldByCurrentThread() && delivery.tryLock()) {
      try {
        for (Runnable call = kept.poll(); call != null; call = kept.poll()) {
          pass(call);
        }
      } finally {
        delivery.unlock();
      }
    }
  }

  private void pass(Runnable call) {
    if (closed) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("{}: what was learned was not taken", port, e);
    }
  }
}
