package org.virt.nwfilter.internal.manager;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkListener;
import org.virt.common.net.Links;
import org.virt.common.net.MacvtapRequest;
import org.virt.common.net.TapRequest;

/** Interfaces in memory. */
final class FakeLinks implements Links {
  static final int BRIDGE = 1;

  final Map<Integer, Link> links = new ConcurrentHashMap<>();
  final Map<Integer, Long> received = new ConcurrentHashMap<>();
  volatile LinkListener listener;

  /** Adds a port of the bridge. */
  void add(String name, int index, Link.Flag... flags) {
    links.put(BRIDGE, link("br0", BRIDGE, 0, "bridge"));
    links.put(index, link(name, index, BRIDGE, "tun", flags));
  }

  void addBridge(String name, int index) {
    links.put(index, link(name, index, 0, "bridge"));
  }

  void addMacvtap(String name, int index) {
    links.put(index, link(name, index, 0, "macvtap", Link.Flag.UP));
  }

  /** Moves an interface out of its bridge, or into another. */
  void move(int index, int master) {
    Link old = links.get(index);
    Link moved =
        new Link(
            old.name(), index, master, old.group(), old.mac(), old.flags(), old.kind(), old.mtu());
    links.put(index, moved);
    listener.changed(moved);
  }

  private static Link link(String name, int index, int master, String kind, Link.Flag... flags) {
    return new Link(
        new PortId(name),
        index,
        master,
        0,
        new MacAddress(0xfe5400000000L + index),
        Set.of(flags),
        kind,
        1500);
  }

  void vanish(int index) {
    Link gone = links.remove(index);
    listener.removed(index, gone.name());
  }

  boolean isUp(int index) {
    return links.get(index).is(Link.Flag.UP);
  }

  private void change(int index, int group, boolean up) {
    Link old = links.get(index);
    Set<Link.Flag> flags = new HashSet<>(old.flags());
    if (up) {
      flags.add(Link.Flag.UP);
    } else {
      flags.remove(Link.Flag.UP);
    }
    links.put(
        index,
        new Link(old.name(), index, old.master(), group, old.mac(), flags, old.kind(), old.mtu()));
  }

  @Override
  public Optional<Link> find(PortId name) {
    return links.values().stream().filter(l -> l.name().equals(name)).findFirst();
  }

  @Override
  public Optional<Link> find(int index) {
    return Optional.ofNullable(links.get(index));
  }

  @Override
  public List<Link> list() {
    return List.copyOf(links.values());
  }

  @Override
  public Link createTap(TapRequest request) throws VirtException {
    throw new UnsupportedOperationException("the manager makes no taps");
  }

  @Override
  public Link createMacvtap(MacvtapRequest request) {
    throw new UnsupportedOperationException("the manager makes no macvtaps");
  }

  @Override
  public void delete(PortId name) {
    throw new UnsupportedOperationException("the manager deletes no interface");
  }

  @Override
  public void up(int index) {
    change(index, links.get(index).group(), true);
  }

  @Override
  public void down(int index) {
    change(index, links.get(index).group(), false);
  }

  @Override
  public void join(int index, PortId bridge) {
    throw new UnsupportedOperationException("the manager joins no bridge");
  }

  @Override
  public void leave(int index) {
    throw new UnsupportedOperationException("the manager leaves no bridge");
  }

  @Override
  public void group(int index, int group) {
    change(index, group, isUp(index));
  }

  @Override
  public Map<Integer, VirtException> groupAll(Collection<Integer> indexes, int group) {
    return each(indexes, index -> group(index, group));
  }

  @Override
  public Map<Integer, VirtException> upAll(Collection<Integer> indexes) {
    return each(indexes, this::up);
  }

  @Override
  public Map<Integer, VirtException> downAll(Collection<Integer> indexes) {
    return each(indexes, this::down);
  }

  @Override
  public Map<Integer, Long> received() {
    return Map.copyOf(received);
  }

  private Map<Integer, VirtException> each(Collection<Integer> indexes, IntConsumer change) {
    Map<Integer, VirtException> refused = new HashMap<>();
    for (int index : indexes) {
      if (links.containsKey(index)) {
        change.accept(index);
      } else {
        refused.put(index, new VirtException(ErrorCode.NO_INTERFACE, "interface " + index));
      }
    }
    return refused;
  }

  @Override
  public void mac(int index, MacAddress mac) {
    throw new UnsupportedOperationException("the manager changes no address");
  }

  @Override
  public void mtu(int index, int mtu) {
    throw new UnsupportedOperationException("the manager changes no MTU");
  }

  @Override
  public Subscription watch(LinkListener watcher) {
    listener = watcher;
    return () -> listener = null;
  }
}
