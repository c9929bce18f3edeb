package org.virt.learnip.internal;

import static org.virt.learnip.internal.PortAddresses.text;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.PortAddresses.Held;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink.Refusal;
import org.virt.spi.nwfilter.Operand.Family;

/**
 * What a port's guest shows by ARP, neighbour discovery and its packets, and the checks whether
 * somebody else has the address: the states of RFC 6620, section 3.2. An address that is being
 * checked is TENTATIVE, one whose holder is probed is in TESTING.
 */
final class SeenBelief {
  /** How many addresses may be recovered: the last ones that the port had. */
  static final int MOST_FORMER = 64;

  /** How many addresses of a port are checked at a time. */
  static final int MOST_CHECKS = 16;

  /**
   * How long an address that was probed and found free may be announced (RFC 5227, section 1.1).
   */
  static final Duration FREE = Duration.ofSeconds(10);

  private static final int PROBES = 2;

  private final Mode mode;
  private final PortAddresses addresses;
  private final LearningPort port;
  private final Neighborhood around;
  private final Map<InetAddress, Check> checks = new LinkedHashMap<>();
  private final Map<InetAddress, Test> tests = new LinkedHashMap<>();
  private final Map<InetAddress, Long> free = new HashMap<>();

  /** What the port had before, and may recover by a packet. */
  private final Set<InetAddress> former = new LinkedHashSet<>();

  /** A check that is under way. */
  private record Check(Source source, boolean binds, long end) {}

  /** Probes to the holder of an address, which is this port. */
  private record Test(int sent, long next) {}

  /** How a guest shows an address. */
  enum Use {
    /** It asks whether the address is free, and has it not yet. */
    PROBE,
    /** It has it. */
    ANNOUNCED,
    /** It sends from it. */
    SENT
  }

  SeenBelief(Mode mode, PortAddresses addresses, LearningPort port, Neighborhood around) {
    this.mode = mode;
    this.addresses = addresses;
    this.port = port;
    this.around = around;
  }

  /** Takes what the port had before. */
  void start() {
    former.addAll(addresses.all().keySet());
  }

  /** The guest shows an address as its own; returns what is made of it. */
  String shown(InetAddress address, Use use, Source source, long now) {
    if (!addresses.wants(address)) {
      return "ignored: no filter of the port asks for such addresses";
    }
    addresses.forgetExpired(now);
    if (addresses.find(address).isPresent()) {
      tests.remove(address);
      had(address);
      return use == Use.PROBE
          ? "the port has " + text(address) + " already"
          : addresses.again(address, source, now);
    }
    if (mode == Mode.DHCP && !isLinkLocal(address)) {
      return "ignored: only DHCP is believed here";
    }
    if (addresses.isGivenBack(address, now)) {
      return "ignored: it was given back, or its lease is over: " + text(address);
    }
    Optional<Refusal> obstacle = addresses.obstacles().of(address, source, now);
    if (obstacle.isPresent()) {
      return addresses.refuse(address, source, obstacle.get(), now);
    }
    Optional<LearningPort> holder = around.holders().other(address, port);
    boolean ipv6 = PortAddresses.family(address) == Family.IPV6;
    if (holder.isPresent()) {
      return (ipv6 || mode == Mode.SAVI) && holder.get().mayBeTested(address)
          ? testHolder(holder.get(), address, source, now)
          : addresses.refuse(address, source, Refusal.HELD, now);
    }
    return use == Use.PROBE ? probe(address, source, ipv6, now) : use(address, use, source, now);
  }

  /** IPv6 binds what is found free; IPv4 announces it afterwards. */
  private String probe(InetAddress address, Source source, boolean ipv6, long now) {
    return ipv6 || mode == Mode.SAVI
        ? check(address, new Check(source, ipv6, end(now)), now)
        : "a probe binds nothing";
  }

  private String use(InetAddress address, Use use, Source source, long now) {
    boolean checked = mode == Mode.SAVI || mode == Mode.DHCP;
    boolean free = Optional.ofNullable(this.free.remove(address)).filter(u -> u > now).isPresent();
    if (checked && use == Use.SENT && !former.contains(address)) {
      return "ignored: a packet recovers only what the port had before";
    }
    if (checked && !free) {
      return askEverybody(address, new Check(source, true, end(now)), now);
    }
    checks.remove(address);
    had(address);
    return addresses.take(address, source, Optional.empty(), now);
  }

  private static boolean isLinkLocal(InetAddress address) {
    return PortAddresses.family(address) == Family.IPV6
        && Ipv6.isLinkLocal(address.getAddress(), 0);
  }

  private long end(long now) {
    return now + around.timers().tentative().toNanos();
  }

  private String check(InetAddress address, Check wanted, long now) {
    Check running = checks.get(address);
    if (running == null && checks.size() >= MOST_CHECKS) {
      return addresses.refuse(address, wanted.source, Refusal.LIMIT, now);
    }
    // What began by a probe ends as that, but for what the guest has shown meanwhile.
    checks.put(
        address,
        running == null
            ? wanted
            : new Check(running.source, running.binds || wanted.binds, running.end));
    port.wake();
    return "is checked: " + text(address);
  }

  /** Its guest has not asked whether somebody has the address: that is done in its name. */
  private String askEverybody(InetAddress address, Check wanted, long now) {
    boolean begins = !checks.containsKey(address);
    String verdict = check(address, wanted, now);
    int bridge = around.interfaces().bridge(port.ref());
    if (begins && checks.containsKey(address) && bridge != 0) {
      around.prober().ask(port.ref(), bridge, address);
    }
    return verdict;
  }

  private String testHolder(LearningPort holder, InetAddress address, Source source, long now) {
    long testing = around.timers().testing().toNanos();
    String verdict = check(address, new Check(source, true, now + 2 * testing), now);
    if (checks.containsKey(address)) {
      holder.test(address, now);
    }
    return verdict + ", its holder is asked";
  }

  /** Somebody else than the guest has an address; returns what that means, if anything. */
  Optional<String> defended(InetAddress address, long now) {
    Check check = checks.remove(address);
    return Optional.ofNullable(check)
        .map(c -> addresses.refuse(address, c.source, Refusal.DEFENDED, now));
  }

  /** Says whether the holder of an address has to prove that it is there. */
  boolean mayBeTested(InetAddress address) {
    return port.canBeProbed() && addresses.find(address).filter(has -> !has.assigned()).isPresent();
  }

  /** Begins to ask the guest whether it still has an address. */
  void test(InetAddress address, long now) {
    tests.putIfAbsent(address, new Test(0, now + around.timers().testing().toNanos() / 5));
    port.wake();
  }

  boolean isTesting() {
    return !tests.isEmpty();
  }

  /** Says whether a packet may recover an address. */
  boolean maySendToRecover() {
    return former.stream().anyMatch(address -> addresses.find(address).isEmpty());
  }

  private void had(InetAddress address) {
    if (former.add(address) && former.size() > MOST_FORMER) {
      former.remove(former.iterator().next());
    }
  }

  /** An address is not the port's any more: no packet recovers it. */
  void forget(InetAddress address) {
    former.remove(address);
    checks.remove(address);
    free.remove(address);
  }

  /** Does what is due by the mere passing of time. */
  void tick(long now) {
    addresses.forgetExpired(now);
    free.values().removeIf(until -> until <= now);
    if (mode == Mode.SAVI && port.canBeProbed()) {
      addresses.all().forEach((address, has) -> testWhenOld(address, has, now));
    }
    for (InetAddress address : Set.copyOf(tests.keySet())) {
      tickTest(address, now);
    }
    Map<InetAddress, Check> over = new LinkedHashMap<>();
    for (Iterator<Map.Entry<InetAddress, Check>> i = checks.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<InetAddress, Check> check = i.next();
      if (check.getValue().end <= now) {
        over.put(check.getKey(), check.getValue());
        i.remove();
      }
    }
    over.forEach((address, check) -> finish(address, check, now));
  }

  private void testWhenOld(InetAddress address, Held has, long now) {
    if (!has.assigned() && now - has.confirmed() >= around.timers().valid().toNanos()) {
      test(address, now);
    }
  }

  private void tickTest(InetAddress address, long now) {
    Test test = tests.get(address);
    if (test.next > now) {
      return;
    }
    if (test.sent < PROBES) {
      around.prober().probe(port.ref(), address);
      long step = around.timers().testing().toNanos() * 2 / 5;
      tests.put(address, new Test(test.sent + 1, now + step));
    } else {
      tests.remove(address);
      port.diary().note("silence about " + text(address), addresses.release(address));
    }
  }

  private void finish(InetAddress address, Check check, long now) {
    boolean held = around.holders().other(address, port).isPresent();
    String verdict;
    if (held) {
      verdict = addresses.refuse(address, check.source, Refusal.HELD, now);
    } else if (check.binds) {
      verdict = addresses.bind(address, check.source, Optional.empty(), now);
      had(address);
    } else {
      free.put(address, now + FREE.toNanos());
      verdict = "is free: " + text(address);
    }
    port.diary().note("nobody else answered for " + text(address), verdict);
  }

  /** Returns when {@link #tick} is due; {@link PortBelief#NEVER} when it is not. */
  long next() {
    long next = PortBelief.NEVER;
    for (Check check : checks.values()) {
      next = Math.min(next, check.end);
    }
    for (Test test : tests.values()) {
      next = Math.min(next, test.next);
    }
    if (mode == Mode.SAVI) {
      for (Map.Entry<InetAddress, Held> has : addresses.all().entrySet()) {
        if (!has.getValue().assigned() && !tests.containsKey(has.getKey())) {
          next = Math.min(next, has.getValue().confirmed() + around.timers().valid().toNanos());
        }
      }
    }
    return next;
  }
}
