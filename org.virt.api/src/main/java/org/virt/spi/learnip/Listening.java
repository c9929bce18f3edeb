package org.virt.spi.learnip;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.LearningReport.Packet;

/** Listening to one port. Closing it ends it; what comes later is not reported any more. */
@ConsumerType
public interface Listening extends Subscription {
  /**
   * Lets the port have an address that {@linkplain LearnSink.Refusal#WAITING waits}.
   *
   * @return whether it waited
   */
  default boolean approve(InetAddress address) {
    return false;
  }

  /** Returns the addresses that wait for approval. */
  default Set<InetAddress> waiting() {
    return Set.of();
  }

  /** Returns the last packets that were looked at, the oldest first. */
  default List<Packet> packets() {
    return List.of();
  }

  /** Returns what was counted since it began, by name. */
  default Map<String, Long> counters() {
    return Map.of();
  }
}
