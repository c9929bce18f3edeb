package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.nwfilter.internal.manager.AddressEvents.Claim;
import org.virt.nwfilter.internal.manager.KeptLeases.Guest;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.learnip.LearnSink.Refusal;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Operand.Family;

/**
 * The addresses that ports have learned: has them shared with the technique, ends them with their
 * lease. Of the loop.
 */
final class LearnedAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(LearnedAddresses.class);

  /** The kernel ends a lease itself; the manager follows when it surely has. */
  private static final Duration AFTER_EXPIRY = Duration.ofMillis(20);

  private final Loop loop;
  private final Ports ports;
  private final Techniques techniques;
  private final AddressEvents events;
  private final Clock clock;
  private final AddressKeeper keeper;

  /** Knows none. */
  LearnedAddresses(
      Loop loop,
      Ports ports,
      Techniques techniques,
      AddressEvents events,
      Clock clock,
      AddressKeeper keeper) {
    this.loop = loop;
    this.ports = ports;
    this.techniques = techniques;
    this.events = events;
    this.clock = clock;
    this.keeper = keeper;
  }

  /** Has a port use exactly the addresses that the kernel had for it. */
  void recover(Port port, List<AddressBinding> kernel) {
    Map<InetAddress, PortAddress> before = Map.copyOf(port.learned);
    port.learned.clear();
    Instant now = clock.instant();
    for (AddressBinding binding : kernel) {
      // The kernel does not know the source: only a lease ends.
      Source seen = Own.family(binding.address()) == Family.IPV4 ? Source.ARP : Source.ND;
      Source guess = binding.lifetime().isPresent() ? Source.DHCP : seen;
      Source source =
          Optional.ofNullable(before.get(binding.address())).map(PortAddress::source).orElse(guess);
      recover(
          port,
          new PortAddress(
              port.ref.id(),
              port.ref.mac(),
              binding.address(),
              source,
              binding.lifetime().map(now::plus)));
    }
  }

  /** Has a port use the addresses that the last runtime wrote down, as far as they are its own. */
  void recoverWritten(Port port, List<KeptAddress> written) {
    for (KeptAddress kept : written) {
      if (kept.holder().equals(port.holder)) {
        recover(port, kept.at(port.ref));
      } else {
        // It may be in the kernel all the same; it ends with this port.
        port.ending.add(kept.address());
      }
    }
  }

  /** Keeps an address that was known before, without asking whether to believe it. */
  void recover(Port port, PortAddress address) {
    port.learned.put(address.address(), address);
    ports.noteAddresses(port);
    address.expires().ifPresent(end -> expireAt(port, address, end));
  }

  /** A guest was seen to use an address, and is believed. */
  void learned(Port port, Claim claim) {
    InetAddress ip = claim.address();
    Source source = claim.source();
    Optional<PortAddress> before = Optional.ofNullable(port.learned.get(ip));
    // That a guest still uses an address does not make its lease any longer.
    boolean known = before.isPresent() && source != Source.DHCP;
    int limit = limit(port, ip);
    if (port.learning == Learning.OFF || known || limit == 0) {
      return;
    }
    Optional<Port> holder = ports.holder(ip);
    if (holder.isPresent() && holder.get() != port) {
      events.refused(port, claim, Refusal.HELD, holder.get().ref.toString());
      return;
    }
    Instant now = clock.instant();
    PortAddress address =
        new PortAddress(port.ref.id(), port.ref.mac(), ip, source, claim.lifetime().map(now::plus));
    List<InetAddress> same = port.learned(Own.family(ip));
    // A lease takes the place of the one address of mode any; nothing else does.
    boolean takes = source == Source.DHCP && limit == 1 && before.isEmpty() && !same.isEmpty();
    Optional<PortAddress> replaced =
        takes ? Optional.of(port.learned.get(same.get(0))) : Optional.empty();
    int others = same.size() - (takes ? 1 : 0);
    if (before.isEmpty() && others >= limit) {
      events.refused(port, claim, Refusal.LIMIT, "");
      return;
    }
    if (sharedWithRules(port)
        || share(port, List.of(address), replaced.map(List::of).orElse(List.of()))) {
      replaced.ifPresent(old -> forget(port, old));
      port.learned.put(ip, address);
      port.ending.remove(ip);
      ports.noteAddresses(port);
      ports.touch(port);
      events.learned(port, address, before);
      // Both wake up another thread, which the guest would wait for.
      loop.afterwards(
          () -> {
            address.expires().ifPresent(end -> expireAt(port, address, end));
            keeper.changed();
          });
    }
  }

  /** Returns how many addresses of the same family a port may have; 0 when it learns none. */
  private static int limit(Port port, InetAddress ip) {
    return port.asked.isEmpty()
        ? 0
        : port.asked.get().terms().limits().getOrDefault(Own.family(ip), 0);
  }

  /** The first address comes into the kernel together with the rules that ask for it. */
  private static boolean sharedWithRules(Port port) {
    boolean first = port.learning == Learning.LEARNING;
    if (first) {
      port.addressesIn = "";
    }
    return first;
  }

  /**
   * Tells the technique that the port's rules are in. Without lookups compiling does, and this only
   * tells when leases end.
   */
  private boolean share(Port port, List<PortAddress> added, List<PortAddress> dropped) {
    Optional<Technique> technique = techniques.find(port.installed.technique());
    if (technique.isEmpty() || !technique.get().probe().lookups()) {
      port.addressesIn = "";
    }
    if (technique.isEmpty()) {
      return true;
    }
    Instant now = clock.instant();
    try {
      technique
          .get()
          .service()
          .bind(
              added.stream().map(address -> port.bindingOf(address, now)).toList(),
              dropped.stream().map(address -> port.bindingOf(address, now)).toList());
      return true;
    } catch (VirtException | RuntimeException | LinkageError e) {
      LOG.warn("port {}: bind {}, drop {}: {}", port.ref, added, dropped, e.toString());
      port.addressesIn = "";
      ports.touch(port);
      return false;
    }
  }

  /** A guest has an address no more. */
  void released(Port port, InetAddress ip) {
    Optional.ofNullable(port.learned.get(ip)).ifPresent(address -> drop(port, address));
  }

  /** Takes an address away; when the technique cannot, it is tried again until it can. */
  private void drop(Port port, PortAddress address) {
    port.ending.add(address.address());
    if (share(port, List.of(), List.of(address))) {
      forget(port, address);
      keeper.changed();
    } else {
      loop.schedule(PortStates.FIRST_RETRY, () -> dropIfSame(port, address));
    }
    ports.touch(port);
  }

  /** Takes all addresses of a port away. */
  void dropAll(Port port) {
    List.copyOf(port.learned.values()).forEach(address -> drop(port, address));
  }

  /** What is known of them is not what it was when it was last written down. */
  void changed() {
    keeper.changed();
  }

  /** A port is about to be forgotten; its leases are kept for its guest. */
  void keep(Port port) {
    if (!port.learned.isEmpty()) {
      keeper.keep(port);
    }
  }

  /**
   * Gives a port that learns nothing yet the leases back that its guest had, but for addresses that
   * are another's by now, or of a family that it does not learn.
   */
  void giveBack(Port port, Guest guest, Planner planner) throws VirtException {
    List<KeptAddress> leases = keeper.take(port, guest);
    if (leases.isEmpty()) {
      return;
    }
    Set<Family> families = planner.plan(port).families();
    for (KeptAddress lease : leases) {
      Optional<Port> other = ports.holder(lease.address());
      if (other.isPresent()) {
        LOG.warn(
            "port {}: its lease of {} does not come back, {} has that address",
            port.ref,
            lease.address().getHostAddress(),
            other.get().ref);
      } else if (families.contains(Own.family(lease.address()))) {
        PortAddress address = lease.at(port.ref);
        recover(port, address);
        events.cameBack(port, address);
      }
    }
  }

  private void forget(Port port, PortAddress address) {
    port.learned.remove(address.address());
    port.ending.remove(address.address());
    if (!port.mayUse(address.address())) {
      ports.forgetAddress(port, address.address());
    }
    events.lost(port, address);
  }

  /** It is over when its time has passed, though somebody sets the clock back meanwhile. */
  private void expireAt(Port port, PortAddress address, Instant end) {
    Duration delay = Duration.between(clock.instant(), end).plus(AFTER_EXPIRY);
    loop.schedule(delay, () -> dropIfSame(port, address));
  }

  private void dropIfSame(Port port, PortAddress address) {
    // A lease that was renewed meanwhile is another one.
    if (ports.holds(port) && address.equals(port.learned.get(address.address()))) {
      drop(port, address);
    }
  }
}
