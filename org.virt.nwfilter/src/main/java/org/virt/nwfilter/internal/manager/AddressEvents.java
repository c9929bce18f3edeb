package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.AddressEvent.Kind;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnSink.Refusal;

/**
 * Says in the log and to listeners what happens to the addresses of ports, after the rules are in
 * force: a guest waits for these, nobody for that. Of the loop.
 */
final class AddressEvents {
  private static final Logger LOG = LoggerFactory.getLogger(AddressEvents.class);

  private final Events events;
  private final Clock clock;
  private final List<Runnable> later = new ArrayList<>();

  AddressEvents(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /** Says what has happened since the last time. */
  void say() {
    later.forEach(Runnable::run);
    later.clear();
  }

  /** A port has an address from now on, or until a new end. */
  void learned(Port port, PortAddress address, Optional<PortAddress> before) {
    later.add(() -> sayLearned(port, address, before));
  }

  private void sayLearned(Port port, PortAddress address, Optional<PortAddress> before) {
    String ip = address.address().getHostAddress();
    if (before.isEmpty()) {
      LOG.info("port {}: learned {} from {}", port.ref, ip, address.source());
    } else {
      LOG.debug("port {}: {} renewed until {}", port.ref, ip, address.expires());
    }
    events.send(listener -> listener.addressLearned(address));
    send(before.isEmpty() ? Kind.LEARNED : Kind.RENEWED, port, address, "");
  }

  /** A port has an address again that its guest had before. */
  void cameBack(Port port, PortAddress address) {
    later.add(() -> sayCameBack(port, address));
  }

  private void sayCameBack(Port port, PortAddress address) {
    LOG.info("port {}: has {} again", port.ref, address.address().getHostAddress());
    events.send(listener -> listener.addressLearned(address));
    send(Kind.LEARNED, port, address, "its lease was kept");
  }

  /** A port has an address no more. */
  void lost(Port port, PortAddress address) {
    later.add(() -> sayLost(port, address));
  }

  private void sayLost(Port port, PortAddress address) {
    LOG.info("port {}: lost {}", port.ref, address.address().getHostAddress());
    events.send(listener -> listener.addressLost(address));
    boolean over = address.expires().filter(end -> !end.isAfter(clock.instant())).isPresent();
    send(Kind.EXPIRED, port, address, over ? "its time is over" : "taken back");
  }

  /** A port's guest uses an address that it may not have. */
  void refused(Port port, Claim claim, Refusal why, String detail) {
    later.add(() -> sayRefused(port, claim, why, detail));
  }

  private void sayRefused(Port port, Claim claim, Refusal why, String detail) {
    boolean conflict = why == Refusal.HELD || why == Refusal.DEFENDED || why == Refusal.GATEWAY;
    String text = why.text() + (detail.isEmpty() ? "" : ": " + detail);
    LOG.warn(
        "port {}: address {} ({}) is not learned: {}",
        port.ref,
        claim.address().getHostAddress(),
        claim.source(),
        text);
    PortAddress address =
        new PortAddress(
            port.ref.id(),
            port.ref.mac(),
            claim.address(),
            claim.source(),
            claim.lifetime().map(clock.instant()::plus));
    send(conflict ? Kind.CONFLICT : Kind.REFUSED, port, address, text);
  }

  private void send(Kind kind, Port port, PortAddress address, String detail) {
    AddressEvent event = new AddressEvent(kind, address, port.binding.owner(), detail);
    events.send(listener -> listener.addressEvent(event));
  }

  /** An address that a guest was seen to use. */
  record Claim(InetAddress address, Source source, Optional<Duration> lifetime) {}
}
