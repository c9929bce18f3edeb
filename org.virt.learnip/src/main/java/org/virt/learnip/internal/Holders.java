package org.virt.learnip.internal;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which port has which address: the first one keeps it. */
final class Holders {
  private final Map<InetAddress, LearningPort> holders = new ConcurrentHashMap<>();
  private final Map<Long, LearningPort> guests = new ConcurrentHashMap<>();

  /** A filtered port has come. */
  void enter(LearningPort port) {
    guests.put(port.ref().mac().value(), port);
  }

  /**
   * Says whether a guest of a filtered port speaks of an address that it does not have; a guest's
   * word counts for its own addresses only (RFC 6620, section 2.4).
   *
   * @param mac whose frame it was
   */
  boolean isHearsay(long mac, InetAddress address) {
    LearningPort guest = guests.get(mac);
    return guest != null && holders.get(address) != guest;
  }

  /** Takes an address for a port; says whether the port has it now. */
  boolean take(InetAddress address, LearningPort port) {
    return holders.compute(address, (key, holder) -> isRival(holder, port) ? holder : port) == port;
  }

  void leave(InetAddress address, LearningPort port) {
    holders.remove(address, port);
  }

  /** A filtered port has gone. */
  void exit(LearningPort port) {
    guests.remove(port.ref().mac().value(), port);
    holders.values().removeIf(holder -> holder == port);
  }

  /** Returns another port that has an address. */
  Optional<LearningPort> other(InetAddress address, LearningPort port) {
    return Optional.ofNullable(holders.get(address)).filter(holder -> isRival(holder, port));
  }

  /** A port that was closed while it learned something keeps nothing. */
  private static boolean isRival(LearningPort holder, LearningPort port) {
    return holder != null && !holder.isClosed() && !holder.isSameInterface(port);
  }
}
