package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.virt.api.PortId;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortStatus;

/** The bound ports. Changed on the loop's thread only; anybody may read the views. */
final class Ports {
  private final Map<PortId, Port> byName = new HashMap<>();
  private final Map<Integer, Port> byIndex = new HashMap<>();

  /** Kept apart: a thousand others are not looked at when one learns its address. */
  private final Set<Port> touched = new LinkedHashSet<>();

  /** Who was seen to have an address; some may have lost it since. */
  private final Map<InetAddress, Set<Port>> users = new HashMap<>();

  private final ConcurrentMap<PortId, View> views = new ConcurrentSkipListMap<>();
  private final Events events;

  Ports(Events events) {
    this.events = events;
  }

  Collection<Port> all() {
    return byName.values();
  }

  /** Has a port that is bound compiled and compared with what the kernel has. */
  void touch(Port port) {
    touched.add(port);
  }

  /** It is compiled and compared. */
  void settled(Port port) {
    touched.remove(port);
  }

  /** Returns those that are to be compiled and compared. */
  List<Port> touched() {
    touched.removeIf(port -> !holds(port));
    return List.copyOf(touched);
  }

  Optional<Port> find(PortId name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<Port> find(int index) {
    return Optional.ofNullable(byIndex.get(index));
  }

  /** Says whether this very port is still bound. */
  boolean holds(Port port) {
    return byName.get(port.ref.id()) == port;
  }

  /** Returns who may use an address already: a port that learned it or was given it. */
  Optional<Port> holder(InetAddress address) {
    Set<Port> known = users.get(address);
    if (known == null) {
      return Optional.empty();
    }
    known.removeIf(port -> !holds(port) || !port.mayUse(address));
    return known.stream().findFirst();
  }

  void put(Port port) {
    Port before = byName.put(port.ref.id(), port);
    if (before != null) {
      byIndex.remove(before.ref.index(), before);
    }
    byIndex.put(port.ref.index(), port);
    noteAddresses(port);
  }

  /** Takes note of the addresses that a port may use now. */
  void noteAddresses(Port port) {
    port.given.forEach(address -> note(port, address));
    port.learned.keySet().forEach(address -> note(port, address));
  }

  private void note(Port port, InetAddress address) {
    users.computeIfAbsent(address, a -> new LinkedHashSet<>()).add(port);
  }

  private void forgetAddresses(Port port) {
    Stream.concat(port.given.stream(), port.learned.keySet().stream())
        .forEach(address -> forgetAddress(port, address));
  }

  /** Takes note that a port does not use an address any more. */
  void forgetAddress(Port port, InetAddress address) {
    users.computeIfPresent(
        address,
        (a, known) -> {
          known.remove(port);
          return known.isEmpty() ? null : known;
        });
  }

  /** Forgets a port and says so, with a reason. */
  void remove(Port port, String reason) {
    if (byName.remove(port.ref.id(), port)) {
      byIndex.remove(port.ref.index(), port);
      forgetAddresses(port);
      views.remove(port.ref.id());
      port.reason = reason;
      PortStatus last = port.status();
      events.send(listener -> listener.portChanged(last));
      port.learned.values().forEach(lost -> events.send(l -> l.addressLost(lost)));
    }
  }

  /** Shows a port's present state to readers, and to listeners when it has changed. */
  void publish(Port port) {
    if (!holds(port)) {
      return;
    }
    PortStatus status = port.status();
    View old =
        views.put(
            port.ref.id(), new View(port.binding, status, List.copyOf(port.learned.values())));
    if (old == null || !old.status().equals(status)) {
      events.send(listener -> listener.portChanged(status));
    }
  }

  /** Returns the views, sorted by port. */
  Collection<View> views() {
    return views.values();
  }

  Optional<View> view(PortId name) {
    return Optional.ofNullable(views.get(name));
  }

  /** What readers see of a port. */
  record View(FilterBinding binding, PortStatus status, List<PortAddress> learned) {}
}
