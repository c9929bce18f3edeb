package org.virt.learnip.internal;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the answers of DHCP servers came into the host. An answer that goes to a guest is believed
 * only when the same one was seen before on an interface that is no filtered port, or on one whose
 * guest may be a server; its MAC and IP addresses prove nothing. It is recognized by its bytes: a
 * bridge hands on what it got. For one thread.
 */
final class ServerAnswers {
  /**
   * How many answers are remembered of each kind; one goes through a bridge within microseconds.
   */
  static final int LIMIT = 256;

  static final Duration AGE = Duration.ofSeconds(2);

  private final Map<ByteBuffer, Long> servers = limited();
  private final Map<ByteBuffer, Long> guests = limited();

  private static Map<ByteBuffer, Long> limited() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Long> eldest) {
        return size() > LIMIT;
      }
    };
  }

  /** An answer came in from the network, or from a guest that may be a server. */
  void cameIn(byte[] bytes, DhcpDatagram answer, long now) {
    servers.put(key(bytes, answer), now);
  }

  /** A guest that is no server sent one. */
  void forged(byte[] bytes, DhcpDatagram answer, long now) {
    guests.put(key(bytes, answer), now);
  }

  /**
   * One comes from where servers are and from where what a guest sent may come back: the host
   * itself, a switch.
   */
  void cameInUnlessSent(byte[] bytes, DhcpDatagram answer, long now) {
    ByteBuffer key = key(bytes, answer);
    if (!isThere(guests, key, now)) {
      servers.put(key, now);
    }
  }

  /** Says whether an answer that goes to a guest is a server's. */
  boolean isServers(byte[] bytes, DhcpDatagram answer, long now) {
    return isThere(servers, key(bytes, answer), now);
  }

  private static boolean isThere(Map<ByteBuffer, Long> of, ByteBuffer key, long now) {
    Long seen = of.get(key);
    return seen != null && now - seen <= AGE.toNanos();
  }

  /** The message itself: a checksum may be filled in underway. */
  private static ByteBuffer key(byte[] bytes, DhcpDatagram answer) {
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, answer.offset(), answer.end()));
  }
}
