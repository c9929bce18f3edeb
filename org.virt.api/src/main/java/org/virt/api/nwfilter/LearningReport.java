package org.virt.api.nwfilter;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the learner has seen of a port and what it made of it.
 *
 * @param counters what was counted since the port began to learn, by name
 * @param waiting addresses that wait for {@link FilterManager#approve}
 * @param packets the last packets that were looked at, the oldest first
 */
public record LearningReport(
    Map<String, Long> counters, Set<InetAddress> waiting, List<Packet> packets) {
  public LearningReport {
    counters = Map.copyOf(counters);
    waiting = Set.copyOf(waiting);
    packets = List.copyOf(packets);
  }

  /**
   * A packet and why it was believed or not.
   *
   * @param time when it was seen
   * @param what what it is, for a person
   * @param verdict what was made of it, and why, for a person
   */
  public record Packet(Instant time, String what, String verdict) {
    public Packet {
      Objects.requireNonNull(time, "time");
      Objects.requireNonNull(what, "what");
      Objects.requireNonNull(verdict, "verdict");
    }
  }
}
