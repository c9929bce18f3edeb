package org.virt.learnip.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnSink.Refusal;
import org.virt.spi.nwfilter.Operand.Family;

/** The addresses of one port, those that wait, and the rules of who may have which. */
final class PortAddresses {
  /**
   * How long an address that was only seen is not told again. The receiver may not have taken it,
   * or have lost it.
   */
  static final Duration SEEN = Duration.ofSeconds(60);

  /**
   * How long an address that was given back, refused by a server or whose lease is over is not
   * learned from use: its guest may go on as if nothing had happened. After that it may be a fixed
   * one.
   */
  static final Duration GIVEN_BACK = Duration.ofSeconds(60);

  private static final int MOST_TOLD = 64;

  private final LearnRequest request;
  private final LearningPort port;
  private final LearnSink sink;
  private final Neighborhood around;
  private final Diary diary;
  private final Obstacles obstacles;

  private final Map<InetAddress, Held> held = new LinkedHashMap<>();
  private final Map<InetAddress, Held> waiting = new LinkedHashMap<>();
  private final Set<InetAddress> approved = new HashSet<>();
  private final Map<InetAddress, Long> told = new HashMap<>();
  private final Map<InetAddress, Long> givenBack = new HashMap<>();

  /** Leases of before this learned: one of them may have been renewed unseen. */
  private final Set<InetAddress> recovered = new HashSet<>();

  /**
   * An address that the port has.
   *
   * @param source how it became known
   * @param until end of its lease; {@link PortBelief#NEVER} without one
   * @param confirmed when it was seen or acknowledged the last time
   * @param told when the receiver was told the last time
   */
  record Held(Source source, long until, long confirmed, long told) {
    static Held now(Source source, long until, long now) {
      return new Held(source, until, now, now);
    }

    /** Whether a server or a person assigned it: nobody else can take it over. */
    boolean assigned() {
      return source == Source.DHCP || source == Source.CONFIG;
    }
  }

  PortAddresses(
      LearnRequest request, LearningPort port, LearnSink sink, Neighborhood around, Diary diary) {
    this.request = request;
    this.port = port;
    this.sink = sink;
    this.around = around;
    this.diary = diary;
    this.obstacles = new Obstacles(request, port, around);
  }

  /** Takes what the port had before. */
  void start(long now) {
    request
        .terms()
        .held()
        .forEach(
            (address, lifetime) -> {
              boolean given = request.mode() == Mode.NONE;
              Source source = lifetime.isPresent() ? Source.DHCP : Source.ARP;
              around.holders().take(address, port);
              approved.add(address);
              if (!given && wants(address)) {
                held.put(address, Held.now(source, end(lifetime, now), now));
                recovered.add(address);
              }
            });
  }

  static long end(Optional<Duration> lifetime, long now) {
    return lifetime.map(duration -> now + duration.toNanos()).orElse(PortBelief.NEVER);
  }

  static Family family(InetAddress address) {
    return address instanceof Inet4Address ? Family.IPV4 : Family.IPV6;
  }

  boolean wants(Family family) {
    return request.terms().limits().containsKey(family);
  }

  boolean wants(InetAddress address) {
    return wants(family(address));
  }

  Optional<Held> find(InetAddress address) {
    return Optional.ofNullable(held.get(address));
  }

  Map<InetAddress, Held> all() {
    return Map.copyOf(held);
  }

  boolean hasAny(Family family) {
    return count(family) > 0;
  }

  private int count(Family family) {
    int count = 0;
    for (InetAddress address : held.keySet()) {
      count += family(address) == family ? 1 : 0;
    }
    return count;
  }

  Obstacles obstacles() {
    return obstacles;
  }

  /** Says whether an address is not the port's any more, whatever its guest sends from it. */
  boolean isGivenBack(InetAddress address, long now) {
    Long until = givenBack.get(address);
    return until != null && until > now;
  }

  /** The guest gives an address back, or a server takes it away. */
  String giveBack(InetAddress address, long now) {
    String verdict = release(address);
    notFromUse(address, now, now);
    return verdict;
  }

  private void notFromUse(InetAddress address, long since, long now) {
    givenBack.values().removeIf(until -> until <= now);
    if (givenBack.size() < MOST_TOLD || givenBack.containsKey(address)) {
      givenBack.put(address, since + GIVEN_BACK.toNanos());
    }
    port.forget(address);
  }

  /** The guest still uses an address that it has. */
  String again(InetAddress address, Source source, long now) {
    Held has = held.get(address);
    if (!has.assigned()) {
      boolean tell = now - has.told >= SEEN.toNanos();
      held.put(address, new Held(has.source, has.until, now, tell ? now : has.told));
      if (tell) {
        sink.learned(address, source, Optional.empty());
      }
    }
    return "the port has " + text(address) + " already";
  }

  /** Gives the port an address, unless something is against it; returns what became of it. */
  String bind(InetAddress address, Source source, Optional<Duration> lifetime, long now) {
    forgetExpired(now);
    Optional<Refusal> obstacle = obstacles.of(address, source, now);
    return obstacle.isPresent()
        ? refuse(address, source, obstacle.get(), now)
        : take(address, source, lifetime, now);
  }

  /** Does the same when it was found just now that no obstacle is against it. */
  String take(InetAddress address, Source source, Optional<Duration> lifetime, long now) {
    Held fresh = Held.now(source, end(lifetime, now), now);
    if (request.mode() == Mode.APPROVE && !approved.contains(address)) {
      boolean room = waiting.containsKey(address) || waiting.size() < limit(address);
      if (room) {
        waiting.put(address, fresh);
      }
      return refuse(address, source, room ? Refusal.WAITING : Refusal.LIMIT, now);
    }
    Set<InetAddress> replaced = replacedBy(address, source);
    if (!held.containsKey(address) && count(family(address)) - replaced.size() >= limit(address)) {
      return refuse(address, source, Refusal.LIMIT, now);
    }
    if (!around.holders().take(address, port)) {
      return refuse(address, source, Refusal.HELD, now);
    }
    held.put(address, fresh);
    recovered.remove(address);
    givenBack.remove(address);
    diary.count(Counter.BELIEVED);
    sink.learned(address, source, lifetime);
    replaced.forEach(this::drop);
    return "learned "
        + text(address)
        + lifetime.map(d -> " for " + d.toSeconds() + " s").orElse("");
  }

  private int limit(InetAddress address) {
    return request.terms().limits().getOrDefault(family(address), 0);
  }

  /** Where a port has one address only, a lease takes the place of another. */
  private Set<InetAddress> replacedBy(InetAddress address, Source source) {
    if (source != Source.DHCP || limit(address) != 1) {
      return Set.of();
    }
    return held.keySet().stream()
        .filter(other -> family(other) == family(address) && !other.equals(address))
        .collect(Collectors.toSet());
  }

  /** Counts what is refused, and tells it once in a while. */
  String refuse(InetAddress address, Source source, Refusal why, long now) {
    diary.count(
        switch (why) {
          case LIMIT -> Counter.REFUSED_LIMIT;
          case GATEWAY -> Counter.REFUSED_GATEWAY;
          case HELD, DEFENDED -> Counter.REFUSED_CONFLICT;
          case UNUSABLE -> Counter.REFUSED_UNUSABLE;
          case WAITING -> Counter.WAITING;
        });
    told.values().removeIf(until -> until <= now);
    if (told.size() < MOST_TOLD && told.putIfAbsent(address, now + SEEN.toNanos()) == null) {
      sink.refused(address, source, why);
    }
    return text(address) + " is refused: " + why.text();
  }

  /** Takes an address away; told also when it is not held, for the receiver may have it. */
  String release(InetAddress address) {
    waiting.remove(address);
    if (!Obstacles.canBeHost(address)) {
      return "ignored: " + text(address) + " cannot be given back";
    }
    drop(address);
    return "released " + text(address);
  }

  private void drop(InetAddress address) {
    held.remove(address);
    around.holders().leave(address, port);
    diary.count(Counter.RELEASED);
    sink.released(address);
  }

  /** Lets the port have an address that waits; says whether it waited. */
  boolean approve(InetAddress address, long now) {
    Held waits = waiting.remove(address);
    if (waits == null || waits.until <= now) {
      return false;
    }
    approved.add(address);
    Optional<Duration> left =
        waits.until == PortBelief.NEVER
            ? Optional.empty()
            : Optional.of(Duration.ofNanos(waits.until - now));
    diary.note("approval of " + text(address), bind(address, waits.source, left, now));
    return true;
  }

  Set<InetAddress> waiting() {
    return Set.copyOf(waiting.keySet());
  }

  void forgetExpired(long now) {
    if (waiting.isEmpty() && held.isEmpty()) {
      return; // as of every port whose guest has not spoken yet
    }
    waiting.values().removeIf(waits -> waits.until <= now);
    for (Map.Entry<InetAddress, Held> entry : List.copyOf(held.entrySet())) {
      if (entry.getValue().until <= now) {
        InetAddress address = entry.getKey();
        held.remove(address);
        around.holders().leave(address, port);
        if (!recovered.remove(address)) {
          notFromUse(address, entry.getValue().until, now);
        }
      }
    }
  }

  /** Returns until when no address of IPv4 is looked for in mode any; long ago for never. */
  long settledUntil() {
    return held.entrySet().stream()
        .filter(entry -> family(entry.getKey()) == Family.IPV4)
        .map(Map.Entry::getValue)
        .mapToLong(has -> has.assigned() ? has.until : has.told + SEEN.toNanos())
        .max()
        .orElse(PortBelief.NOT_SETTLED);
  }

  static String text(InetAddress address) {
    return address.getHostAddress();
  }
}
