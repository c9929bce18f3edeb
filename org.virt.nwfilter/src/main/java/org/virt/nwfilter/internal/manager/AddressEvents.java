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
import org.virt.spi.nwfilter.PortRef;

/**
 * Says in the log and to listeners what happens to the addresses of ports, after the rules are in
 * force: a guest waits for these, nobody for that. Of the loop; what takes time, such as writing
 * the log, is done by the thread that tells listeners.
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
    PortRef ref = port.ref;
    if (before.isEmpty()) {
      events.execute(() -> LOG.info("port {}: learned {} from {}", ref, ip, address.source()));
    } else {
      events.execute(() -> LOG.debug("port {}: {} renewed until {}", ref, ip, address.expires()));
    }
    events.send(listener -> listener.addressLearned(address));
    send(before.isEmpty() ? Kind.LEARNED : Kind.RENEWED, port, address, "");
  }

  /** A port has an address again that its guest had before. */
  void cameBack(Port port, PortAddress address) {
    later.add(() -> sayCameBack(port, address));
  }

  private void sayCameBack(Port port, PortAddress address) {
    PortRef ref = port.ref;
    String ip = address.address().getHostAddress();
    events.execute(() -> LOG.info("port {}: has {} again", ref, ip));
    events.send(listener -> listener.addressLearned(address));
    send(Kind.LEARNED, port, address, "its lease was kept");
  }

  /** A port has an address no more. */
  void lost(Port port, PortAddress address) {
    later.add(() -> sayLost(port, address));
  }

  private void sayLost(Port port, PortAddress address) {
    PortRef ref = port.ref;
    String ip = address.address().getHostAddress();
    events.execute(() -> LOG.info("port {}: lost {}", ref, ip));
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
    PortRef ref = port.ref;
    String ip = claim.address().getHostAddress();
    events.execute(
        () ->
            LOG.warn("port {}: address {} ({}) is not learned: {}", ref, ip, claim.source(), text));
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
