package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.Listening;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.PortRef;

/** A bound interface: what is wanted of it and what it has. Belongs to the loop's thread. */
final class Port {
  final PortRef ref;
  FilterBinding binding;

  /** The addresses that the binding gives. */
  Set<InetAddress> given = Set.of();

  Enforcement enforcement = Enforcement.CLOSED;
  Learning learning = Learning.OFF;
  String reason = "";

  /** What the kernel has: of which technique, which commit, which program. */
  Installed installed = Installed.NOTHING;

  /** Name of the technique whose lookups find all its addresses and no others; empty for none. */
  String addressesIn = "";

  final Map<InetAddress, PortAddress> learned = new LinkedHashMap<>();

  /**
   * Those of them that do not outlive the port: being taken away, or learned when it was another's
   * or elsewhere.
   */
  final Set<InetAddress> ending = new HashSet<>();

  /** Index of the bridge that it is in; 0 for none. */
  int master;

  /** Whose leases it has. */
  LeaseHolder holder = LeaseHolder.NOBODY;

  /** The families whose addresses are learned, as of the last commit. */
  Set<Family> wanted = Set.of();

  /** Who listens to its guest, and what it was asked for. */
  Optional<Listening> listening = Optional.empty();

  Optional<LearnRequest> asked = Optional.empty();

  /** The group of filtered interfaces that it is a member of; 0 for none. */
  int group;

  /** Whether rules see its frames: it is a port of a bridge, or a macvtap. */
  boolean reached = true;

  /** Whether the kernel may have rules that no technique has told of yet. */
  boolean unread;

  /** Name of the technique that it moves to; empty when it does not. */
  String movingTo = "";

  /** Whether its link was up when it was last heard of. */
  boolean up;

  /** What an operator should know although it is in force; empty for nothing. */
  String notice = "";

  /** Whether its link is down because we took it down. */
  boolean takenDown;

  int failures;

  /** How often its link was lost; negative while it is. */
  int losses;

  final List<CompletableFuture<Void>> waiters = new ArrayList<>();

  Port(PortRef ref, FilterBinding binding) {
    this.ref = Objects.requireNonNull(ref, "ref");
    bind(binding);
  }

  /** Takes another binding in place of the one it has. */
  void bind(FilterBinding other) {
    binding = Objects.requireNonNull(other, "binding");
    given = Set.copyOf(BindingControls.given(other));
  }

  /** Is somebody's from now on; what was learned before is not kept for them. */
  void serve(LeaseHolder other) {
    if (!holder.equals(other)) {
      ending.addAll(learned.keySet());
      holder = other;
    }
  }

  boolean hasRules() {
    return unread || !installed.technique().isEmpty();
  }

  /** Says whether rules decide about its frames, or close it. */
  boolean isProtected() {
    return hasRules() && group != 0 && reached;
  }

  /** Says whether its guest may use an address. */
  boolean mayUse(InetAddress address) {
    return learned.containsKey(address) || given.contains(address);
  }

  /** Returns the learned addresses of a family, the oldest first. */
  List<InetAddress> learned(Family family) {
    List<InetAddress> same = new ArrayList<>();
    for (InetAddress address : learned.keySet()) {
      if (Own.family(address) == family) {
        same.add(address);
      }
    }
    return same;
  }

  /**
   * Returns the addresses that its binding gives and those that were learned, these with the
   * lifetime that is left; one that is over has none left.
   */
  List<AddressBinding> bindings(Instant now) {
    List<AddressBinding> all = new ArrayList<>();
    for (PortAddress address : learned.values()) {
      if (!given.contains(address.address())) {
        all.add(bindingOf(address, now));
      }
    }
    for (InetAddress address : given) {
      all.add(new AddressBinding(ref, address, Optional.empty()));
    }
    return all;
  }

  AddressBinding bindingOf(PortAddress address, Instant now) {
    return new AddressBinding(
        ref, address.address(), address.expires().map(end -> atLeastOne(now, end)));
  }

  private static Duration atLeastOne(Instant now, Instant end) {
    Duration left = Duration.between(now, end);
    return left.toMillis() < 1 ? Duration.ofMillis(1) : left;
  }

  String movingReason() {
    return "moves from " + installed.technique() + " to " + movingTo;
  }

  PortStatus status() {
    return new PortStatus(
        ref.id(), enforcement, installed.technique(), installed.generation(), learning, reason);
  }

  /** Tells everybody who waits that the port is closed or in force. */
  void succeed() {
    List<CompletableFuture<Void>> done = List.copyOf(waiters);
    waiters.clear();
    done.forEach(waiter -> waiter.complete(null));
  }

  /** Tells everybody who waits why it is not. */
  void fail(VirtException why) {
    List<CompletableFuture<Void>> done = List.copyOf(waiters);
    waiters.clear();
    done.forEach(waiter -> waiter.completeExceptionally(why));
  }

  /** What the kernel has of a port. */
  record Installed(String technique, long generation, String digest, MacAddress mac) {
    /** Returns the same, to be committed again. */
    Installed outdated() {
      return new Installed(technique, generation, "", mac);
    }

    static final Installed NOTHING = new Installed("", 0, "", new MacAddress(0));
  }
}
