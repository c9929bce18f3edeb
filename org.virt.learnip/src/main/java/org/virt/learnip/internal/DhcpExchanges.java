package org.virt.learnip.internal;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The DHCP requests that a port's guest sent of late; for one thread. */
final class DhcpExchanges {
  /** How many are remembered; a client has one under way, seldom two. */
  static final int LIMIT = 8;

  private final Duration age;
  private final List<Exchange> exchanges = new ArrayList<>(LIMIT);

  DhcpExchanges(Duration age) {
    this.age = age;
  }

  /**
   * A transaction that the guest began.
   *
   * @param transaction xid
   * @param clientId option 61; empty without one
   * @param requested the address that it asked for
   * @param binds an ACK to it assigns an address
   * @param seen when its last message was seen, in nanoseconds
   */
  record Exchange(
      int transaction, ByteBuffer clientId, OptionalInt requested, boolean binds, long seen) {}

  /** Remembers a client's message; one of a transaction that is known already adds to it. */
  void sent(DhcpMessage message, DhcpType type, long now) {
    forgetOld(now);
    DhcpOptions options = message.options();
    Optional<Exchange> before = find(message.transaction(), now);
    before.ifPresent(exchanges::remove);
    if (exchanges.size() == LIMIT) {
      exchanges.remove(0);
    }
    boolean binds =
        type == DhcpType.REQUEST
            || type == DhcpType.DISCOVER && options.rapidCommit()
            || before.map(Exchange::binds).orElse(false);
    ByteBuffer clientId = ByteBuffer.wrap(options.clientId());
    exchanges.add(new Exchange(message.transaction(), clientId, requested(message), binds, now));
  }

  /**
   * The requested address: option 50, or the one in use when a lease is renewed (RFC 2131, table
   * 4).
   */
  private static OptionalInt requested(DhcpMessage message) {
    OptionalInt requested = message.options().requested();
    boolean renews = requested.isEmpty() && message.clientAddress() != 0;
    return renews ? OptionalInt.of(message.clientAddress()) : requested;
  }

  /** Returns the exchange of a transaction, unless it is too old. */
  Optional<Exchange> find(int transaction, long now) {
    for (Exchange exchange : exchanges) {
      if (exchange.transaction() == transaction && !old(exchange, now)) {
        return Optional.of(exchange);
      }
    }
    return Optional.empty();
  }

  private void forgetOld(long now) {
    exchanges.removeIf(exchange -> old(exchange, now));
  }

  private boolean old(Exchange exchange, long now) {
    return now - exchange.seen() > age.toNanos();
  }
}
