package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.PortId;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnSink;

/**
 * Passes on what was learned until it is closed, and lets no failure of the receiver reach the
 * capture. It holds no lock: who closes it may hold locks that the receiver waits for.
 */
final class GuardedSink implements LearnSink {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedSink.class);

  private final PortId port;
  private final LearnSink target;
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
    pass(() -> target.learned(address, source, lifetime));
  }

  @Override
  public void released(InetAddress address) {
    LOG.debug("{}: released {}", port, address.getHostAddress());
    pass(() -> target.released(address));
  }

  @Override
  public void refused(InetAddress address, Source source, Refusal why) {
    pass(() -> target.refused(address, source, why));
  }

  @Override
  public void failed(String reason) {
    pass(() -> target.failed(reason));
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
