package org.virt.nwfilter.internal.manager;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkListener;
import org.virt.common.net.Links;
import org.virt.spi.nwfilter.PortRef;

/** What the manager does to interfaces; the netlink sockets open when they are first needed. */
final class PortLinks {
  private static final Logger LOG = LoggerFactory.getLogger(PortLinks.class);
  private static final int DEFAULT_GROUP = 0;
  private static final String MACVTAP = "macvtap";

  /** A list of a thousand takes about as long as so many questions. */
  private static final int MANY = 150;

  private final Callable<Links> opener;
  private volatile Links opened;

  /** Indexes that are bridges; an index is never given to another interface. */
  private final Set<Integer> bridges = ConcurrentHashMap.newKeySet();

  PortLinks(Callable<Links> opener) {
    this.opener = opener;
  }

  private Links links() throws VirtException {
    Links links = opened;
    if (links == null) {
      synchronized (this) {
        if (opened == null) {
          opened = open();
        }
        links = opened;
      }
    }
    return links;
  }

  private Links open() throws VirtException {
    try {
      return opener.call();
    } catch (VirtException e) {
      throw e;
    } catch (Exception e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "open a netlink socket: " + e, e);
    }
  }

  /** Looks for interfaces by name: a few one by one, many from one list. */
  Look look(int number) {
    return new Look(number >= MANY);
  }

  Optional<Link> find(PortId name) throws VirtException {
    return links().find(name);
  }

  List<Link> list() throws VirtException {
    return links().list();
  }

  /** Says whether rules see the frames of an interface now. */
  boolean isReached(PortRef port) throws VirtException {
    Optional<Link> link = links().find(port.index());
    return link.isPresent() && isReached(link.get());
  }

  /** Says whether rules see an interface's frames: a port of a bridge, or a macvtap. */
  boolean isReached(Link link) throws VirtException {
    if (link.kind().equals(MACVTAP)) {
      return true;
    }
    if (link.master() == 0 || bridges.contains(link.master())) {
      return link.master() != 0;
    }
    boolean bridge = links().find(link.master()).filter(m -> m.kind().equals("bridge")).isPresent();
    if (bridge) {
      bridges.add(link.master());
    }
    return bridge;
  }

  /**
   * Makes interfaces ones that are closed unless the technique of a group has an entry for them;
   * returns why those that are not.
   */
  Map<Port, VirtException> join(List<Port> ports, int group) {
    return all(ports, indexes -> links().groupAll(indexes, group));
  }

  /** Takes interfaces out of the group; one that is gone is out. */
  Map<Port, VirtException> leave(List<Port> ports) {
    Map<Port, VirtException> refused =
        all(ports, indexes -> links().groupAll(indexes, DEFAULT_GROUP));
    refused.values().removeIf(why -> why.code() == ErrorCode.NO_INTERFACE);
    return refused;
  }

  Map<Port, VirtException> up(List<Port> ports) {
    return all(ports, indexes -> links().upAll(indexes));
  }

  /** Returns those that are up; when the kernel does not say, that were when it last did. */
  Set<Port> areUp(List<Port> ports) {
    Set<Port> up = new HashSet<>();
    try {
      Map<Integer, Link> list = new HashMap<>();
      if (ports.size() >= MANY) {
        list().forEach(link -> list.put(link.index(), link));
      }
      for (Port port : ports) {
        int index = port.ref.index();
        Optional<Link> link =
            list.isEmpty() ? links().find(index) : Optional.ofNullable(list.get(index));
        link.filter(there -> there.is(Link.Flag.UP)).ifPresent(there -> up.add(port));
      }
    } catch (VirtException e) {
      LOG.warn("look which interfaces are up: {}", e.getMessage());
      ports.stream().filter(port -> port.up).forEach(up::add);
    }
    return up;
  }

  Map<Port, VirtException> down(List<Port> ports) {
    return all(ports, indexes -> links().downAll(indexes));
  }

  /** Returns how many frames each interface has received. */
  Map<Integer, Long> received() throws VirtException {
    return links().received();
  }

  private static Map<Port, VirtException> all(List<Port> ports, Change change) {
    Map<Port, VirtException> refused = new HashMap<>();
    if (ports.isEmpty()) {
      return refused;
    }
    try {
      Map<Integer, VirtException> indexes =
          change.of(ports.stream().map(port -> port.ref.index()).toList());
      for (Port port : ports) {
        VirtException why = indexes.get(port.ref.index());
        if (why != null) {
          refused.put(port, new VirtException(why.code(), port.ref + ": " + why.getMessage(), why));
        }
      }
    } catch (VirtException e) {
      ports.forEach(port -> refused.put(port, e));
    }
    return refused;
  }

  Subscription watch(LinkListener listener) throws VirtException {
    return links().watch(listener);
  }

  /** Interfaces as they were when the first of them was asked for. */
  final class Look {
    private final boolean many;
    private final Map<PortId, Link> byName = new HashMap<>();
    private final Map<Integer, Link> byIndex = new HashMap<>();

    private Look(boolean many) {
      this.many = many;
    }

    /** Finds an interface that is there. */
    Link need(PortId name) throws VirtException {
      return find(name)
          .orElseThrow(
              () -> new VirtException(ErrorCode.NO_INTERFACE, "no interface is named " + name));
    }

    Optional<Link> find(PortId name) throws VirtException {
      list();
      return many ? Optional.ofNullable(byName.get(name)) : links().find(name);
    }

    /**
     * Returns the name of the network that an interface is in: its bridge, or the device below a
     * macvtap; empty for none.
     */
    String network(Link link) throws VirtException {
      int index = link.kind().equals(MACVTAP) ? link.lower() : link.master();
      if (index == 0) {
        return "";
      }
      list();
      Optional<Link> found = many ? Optional.ofNullable(byIndex.get(index)) : links().find(index);
      return found.map(network -> network.name().name()).orElse("");
    }

    private void list() throws VirtException {
      if (many && byName.isEmpty()) {
        for (Link link : PortLinks.this.list()) {
          byName.put(link.name(), link);
          byIndex.put(link.index(), link);
        }
      }
    }
  }

  /** A change of many interfaces; returns why those that refuse it do. */
  private interface Change {
    Map<Integer, VirtException> of(List<Integer> indexes) throws VirtException;
  }
}
