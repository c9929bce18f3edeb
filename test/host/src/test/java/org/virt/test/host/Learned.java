package org.virt.test.host;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnSink;
import org.virt.test.host.lab.Lab;

/** Keeps what a learner tells, a line each. */
final class Learned implements LearnSink {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
    String end = lifetime.map(duration -> " " + duration.toSeconds() + "s").orElse("");
    lines.add("+" + address.getHostAddress() + " " + source + end);
  }

  @Override
  public void released(InetAddress address) {
    lines.add("-" + address.getHostAddress());
  }

  @Override
  public void failed(String reason) {
    lines.add("failed: " + reason);
  }

  /** Waits until exactly this was told. */
  void await(String... expected) {
    Lab.await(List.of(expected) + " is told, not " + lines, () -> lines.size() >= expected.length);
    if (!lines.equals(List.of(expected))) {
      throw new AssertionError("told " + lines + " instead of " + List.of(expected));
    }
  }
}
