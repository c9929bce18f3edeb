package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnSink;

/** Keeps what it was told, a line each. */
class RecordingSink implements LearnSink {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();

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
  public void refused(InetAddress address, Source source, Refusal why) {
    refusals.add(address.getHostAddress() + " " + source + " " + why);
  }

  @Override
  public void failed(String reason) {
    lines.add("failed: " + reason);
  }

  List<String> refusals() {
    return List.copyOf(refusals);
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
