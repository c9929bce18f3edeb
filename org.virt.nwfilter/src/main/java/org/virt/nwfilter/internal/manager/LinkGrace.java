package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.common.net.Link;

/**
 * Takes learned addresses away from a port that nobody has been plugged into for a while: who comes
 * then may be another guest (RFC 7513, section 10, {@code OFFLINK_DELAY}). Of the loop.
 */
final class LinkGrace {
  private static final Logger LOG = LoggerFactory.getLogger(LinkGrace.class);

  private final Loop loop;
  private Duration grace;
  private final Consumer<Port> over;

  /**
   * Watches links.
   *
   * @param over takes a port whose time is over
   */
  LinkGrace(Loop loop, Duration grace, Consumer<Port> over) {
    this.loop = loop;
    this.grace = grace;
    this.over = over;
  }

  /** Takes another time for links that are lost from now on. */
  void keep(Duration other) {
    grace = other;
  }

  /** A port's link is as this. */
  void seen(Port port, Link link) {
    if (link.is(Link.Flag.LOWER_UP)) {
      port.losses = Math.abs(port.losses);
    } else if (port.losses >= 0) {
      // Negative while the link is lost; a new number for each loss.
      int loss = -port.losses - 1;
      port.losses = loss;
      Duration now = grace;
      loop.schedule(now, () -> expire(port, loss, now));
    }
  }

  private void expire(Port port, int loss, Duration waited) {
    if (port.losses == loss && !port.learned.isEmpty()) {
      LOG.info("port {}: its link has been lost for {} s", port.ref, waited.toSeconds());
      over.accept(port);
    }
  }
}
