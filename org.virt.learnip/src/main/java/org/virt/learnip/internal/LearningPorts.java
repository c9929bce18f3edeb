package org.virt.learnip.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.virt.common.net.Link;
import org.virt.learnip.internal.Interfaces.Role;
import org.virt.learnip.internal.PortBelief.Origin;
import org.virt.learnip.internal.Watch.Want;

/**
 * The ports that are filtered, by interface index. Everything that changes what one believes
 * happens under one lock, which is held for microseconds and never while a receiver is waited for.
 */
final class LearningPorts {
  private final Map<Integer, List<LearningPort>> ports = new ConcurrentHashMap<>();
  private final ServerAnswers answers = new ServerAnswers();
  private final Object lock = new Object();
  private final Interfaces interfaces;
  private final LongSupplier clock;

  LearningPorts(Interfaces interfaces, LongSupplier clock) {
    this.interfaces = interfaces;
    this.clock = clock;
  }

  void add(LearningPort port) {
    // Known from now on as a bridge that a server of the host may answer by.
    interfaces.bridge(port.ref());
    ports.merge(port.index(), List.of(port), LearningPorts::joined);
  }

  void remove(LearningPort port) {
    ports.computeIfPresent(port.index(), (index, all) -> without(all, port));
  }

  private static List<LearningPort> joined(List<LearningPort> some, List<LearningPort> others) {
    List<LearningPort> all = new ArrayList<>(some);
    all.addAll(others);
    return List.copyOf(all);
  }

  private static List<LearningPort> without(List<LearningPort> all, LearningPort port) {
    List<LearningPort> rest = all.stream().filter(other -> other != port).toList();
    return rest.isEmpty() ? null : rest;
  }

  /** Says whether no port learns. */
  boolean isIdle() {
    for (List<LearningPort> of : ports.values()) { // asked whenever one of a thousand ports goes
      for (LearningPort port : of) {
        if (port.learns()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Hands a captured frame to its ports and delivers what they learn. */
  void accept(byte[] bytes) {
    deliver(look(bytes));
  }

  /**
   * Hands a captured frame to its ports; the bytes are the receiver's own. Returns those that have
   * learned something, for {@link #deliver}.
   */
  List<LearningPort> look(byte[] bytes) {
    int index = CookedFrame.index(bytes);
    List<LearningPort> of = index == 0 ? List.of() : ports.getOrDefault(index, List.of());
    Optional<CookedFrame> frame = CookedFrame.parse(bytes);
    List<LearningPort> news = new ArrayList<>(of.size());
    synchronized (lock) {
      long now = clock.getAsLong();
      Origin origin = frame.isEmpty() ? Origin.UNKNOWN : origin(frame.get(), of, now);
      for (LearningPort port : of) {
        port.accept(bytes, frame, origin, now);
        if (port.hasNews()) {
          news.add(port);
        } else {
          port.compare(now);
        }
      }
    }
    return news;
  }

  /** Tells what ports have learned, and then what else is wanted of them. */
  void deliver(List<LearningPort> learned) {
    tell(learned);
    // A guest waits for that, for nothing else.
    if (!learned.isEmpty()) {
      synchronized (lock) {
        long now = clock.getAsLong();
        learned.forEach(port -> port.compare(now));
      }
    }
  }

  private static void tell(List<LearningPort> learned) {
    if (learned.size() == 1) {
      learned.get(0).deliver();
    } else if (!learned.isEmpty()) {
      learned.get(0).together(() -> learned.forEach(LearningPort::deliver));
    }
  }

  /** Finds out where a DHCP server's answer comes from; other frames have no origin. */
  private Origin origin(CookedFrame frame, List<LearningPort> of, long now) {
    Optional<DhcpDatagram> found = DhcpDatagram.in(frame);
    if (found.isEmpty() || !found.get().toClient()) {
      return Origin.UNKNOWN;
    }
    byte[] bytes = frame.bytes();
    DhcpDatagram answer = found.get();
    if (of.isEmpty()) {
      noteElsewhere(bytes, answer, now);
    } else if (!of.get(0).isFromGuest(bytes)) {
      // Most answers are for others: these cost no more than a look.
      boolean expected = of.stream().anyMatch(port -> port.expects(answer, bytes, now));
      return expected && answers.isServers(bytes, answer, now) ? Origin.SERVER : Origin.UNKNOWN;
    } else if (of.stream().allMatch(LearningPort::servesDhcp)) {
      answers.cameIn(bytes, answer, now);
    } else {
      answers.forged(bytes, answer, now);
    }
    return Origin.UNKNOWN;
  }

  /**
   * A bridge hands a copy of what came in by a port to the host: that is no second sighting. A
   * switch may send back what came from a macvtap.
   */
  private void noteElsewhere(byte[] bytes, DhcpDatagram answer, long now) {
    Role role = interfaces.role(CookedFrame.index(bytes));
    boolean outgoing = CookedFrame.outgoing(bytes);
    if (!outgoing && role == Role.NETWORK) {
      answers.cameIn(bytes, answer, now);
    } else if (!outgoing && role == Role.LINK_DEVICE
        || outgoing && role == Role.BRIDGE && isHosts(bytes, answer)) {
      answers.cameInUnlessSent(bytes, answer, now);
    }
  }

  /**
   * The host's own server speaks from an address of the host. What the host only forwards does not:
   * the kernel takes no IPv4 packet from an own address, and forwards none from a link-local one
   * (RFC 4291, section 2.5.6).
   */
  private boolean isHosts(byte[] bytes, DhcpDatagram answer) {
    return answer.ipv6()
        ? Ipv6.isLinkLocal(bytes, answer.source())
            && interfaces.hostHas(Ipv6.toAddress(bytes, answer.source()))
        : interfaces.hostHas(Ipv4.toAddress(Bytes.s32(bytes, answer.source())));
  }

  /** Says whether macvtaps of ports are on a device. */
  boolean haveLinkDevice(Link link) {
    return all().stream().anyMatch(port -> port.isOn(link));
  }

  /** Does what is due by the mere passing of time. */
  void tick() {
    List<LearningPort> due;
    synchronized (lock) {
      long now = clock.getAsLong();
      due = all().stream().filter(port -> port.nextTick() <= now).toList();
      due.forEach(port -> port.tick(now));
    }
    tell(due);
  }

  /** Returns when {@link #tick} is due. */
  long nextTick() {
    synchronized (lock) {
      long next = PortBelief.NEVER;
      for (List<LearningPort> of : ports.values()) {
        for (LearningPort port : of) {
          next = Math.min(next, port.nextTick());
        }
      }
      return next;
    }
  }

  /** Lets a port have an address that waits; says whether it waited. */
  boolean approve(LearningPort port, InetAddress address) {
    boolean waited;
    synchronized (lock) {
      waited = port.approve(address, clock.getAsLong());
    }
    port.deliver();
    return waited;
  }

  /** Returns the addresses of a port that wait. */
  Set<InetAddress> waiting(LearningPort port) {
    synchronized (lock) {
      return port.waiting();
    }
  }

  /** Returns what is to be captured of a port now. */
  Watch watch(LearningPort port) {
    synchronized (lock) {
      return port.watch(clock.getAsLong());
    }
  }

  /** Returns what is to be captured now, sorted by interface. */
  List<Watch> watches() {
    // Made anew whenever one of a thousand ports wants something else.
    Map<Integer, Watch> watches = new HashMap<>();
    synchronized (lock) {
      long now = clock.getAsLong();
      for (List<LearningPort> of : ports.values()) {
        for (LearningPort port : of) {
          Watch watch = port.watch(now);
          if (!watch.wants().isEmpty()) {
            watches.merge(port.index(), watch, LearningPorts::both);
          }
        }
      }
    }
    if (!watches.isEmpty()) {
      interfaces
          .bridges()
          .forEach(b -> watches.putIfAbsent(b, new Watch(b, EnumSet.of(Want.ANSWERS), false)));
    }
    List<Watch> sorted = new ArrayList<>(watches.values());
    sorted.sort(Comparator.comparingInt(Watch::index));
    return sorted;
  }

  private static Watch both(Watch one, Watch other) {
    Set<Want> wants = EnumSet.copyOf(one.wants());
    wants.addAll(other.wants());
    return new Watch(one.index(), wants, one.guestBehind());
  }

  /** Returns when {@link #watches()} changes by the mere passing of time. */
  long nextChange() {
    synchronized (lock) {
      long now = clock.getAsLong();
      long next = PortBelief.NEVER;
      for (List<LearningPort> of : ports.values()) {
        for (LearningPort port : of) {
          next = Math.min(next, port.nextChange(now));
        }
      }
      return next;
    }
  }

  /** Returns a copy. */
  List<LearningPort> all() {
    return ports.values().stream().flatMap(List::stream).toList();
  }
}
