package org.virt.learnip.internal;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.learnip.internal.Dhcp6Message.Lease;

/** The DHCPv6 requests that a port's guest sent of late; for one thread. */
final class Dhcp6Exchanges {
  /** How many are remembered. */
  static final int LIMIT = 8;

  private final List<Exchange> exchanges = new ArrayList<>(LIMIT);
  private final Duration age;

  Dhcp6Exchanges(Duration age) {
    this.age = age;
  }

  /**
   * A transaction that the guest began.
   *
   * @param transaction 24 bits
   * @param client the client's DUID
   * @param asked addresses that it asked for or has
   * @param binds a reply to it assigns addresses
   * @param seen when it was seen, in nanoseconds
   */
  record Exchange(
      int transaction, ByteBuffer client, Set<InetAddress> asked, boolean binds, long seen) {}

  /** Remembers a client's message; a retransmission takes the place of what it repeats. */
  void sent(Dhcp6Message message, long now) {
    exchanges.removeIf(old -> old.transaction() == message.transaction() || isOld(old, now));
    if (exchanges.size() == LIMIT) {
      exchanges.remove(0);
    }
    boolean binds =
        switch (message.type()) {
          case REQUEST, RENEW, REBIND -> true;
          case SOLICIT -> message.rapidCommit();
          default -> false;
        };
    Set<InetAddress> asked = new HashSet<>();
    message.addresses().stream().map(Lease::address).forEach(asked::add);
    // The message's bytes are the capture's.
    ByteBuffer client = ByteBuffer.allocate(message.client().remaining());
    client.put(message.client().duplicate()).flip();
    exchanges.add(new Exchange(message.transaction(), client, asked, binds, now));
  }

  /** Returns the exchange of a transaction, unless it is too old. */
  Optional<Exchange> find(int transaction, long now) {
    return exchanges.stream()
        .filter(exchange -> exchange.transaction() == transaction && !isOld(exchange, now))
        .findFirst();
  }

  private boolean isOld(Exchange exchange, long now) {
    return now - exchange.seen() > age.toNanos();
  }
}
