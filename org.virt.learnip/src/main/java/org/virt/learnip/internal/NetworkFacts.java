package org.virt.learnip.internal;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the servers of a bridge's network tell with their leases: which addresses are routers', and
 * which no host has. What one guest is told holds for all guests of the bridge. Guarded by {@link
 * LearningPorts}.
 */
final class NetworkFacts {
  /** How many addresses of a bridge are kept: the last ones that were told. */
  static final int LIMIT = 64;

  private final Map<Integer, Map<InetAddress, Fact>> bridges = new LinkedHashMap<>();

  /** What is known of an address, and until when. */
  private record Fact(boolean router, long until) {}

  /**
   * A server has told of addresses.
   *
   * @param bridge whose network it is
   * @param routers addresses of routers
   * @param nobodys addresses that no host has
   * @param until end of the lease that it told them with
   */
  void told(int bridge, Set<InetAddress> routers, Set<InetAddress> nobodys, long until) {
    if (bridge != 0) {
      Map<InetAddress, Fact> facts = bridges.computeIfAbsent(bridge, b -> limited());
      nobodys.forEach(address -> put(facts, address, new Fact(false, until)));
      routers.forEach(address -> put(facts, address, new Fact(true, until)));
    }
  }

  private static Map<InetAddress, Fact> limited() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<InetAddress, Fact> eldest) {
        return size() > LIMIT;
      }
    };
  }

  private static void put(Map<InetAddress, Fact> facts, InetAddress address, Fact fact) {
    Fact before = facts.remove(address);
    long until = before == null ? fact.until : Math.max(before.until, fact.until);
    facts.put(address, new Fact(fact.router, until));
  }

  boolean isRouter(int bridge, InetAddress address, long now) {
    Fact fact = find(bridge, address);
    return fact != null && fact.router && fact.until > now;
  }

  boolean isOfNobody(int bridge, InetAddress address, long now) {
    Fact fact = find(bridge, address);
    return fact != null && !fact.router && fact.until > now;
  }

  private Fact find(int bridge, InetAddress address) {
    Map<InetAddress, Fact> facts = bridges.get(bridge);
    return facts == null ? null : facts.get(address);
  }
}
