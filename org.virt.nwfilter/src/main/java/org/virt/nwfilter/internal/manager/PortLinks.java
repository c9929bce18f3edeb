package org.virt.nwfilter.internal.manager;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkListener;
import org.virt.common.net.Links;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/** What the manager does to interfaces; the netlink sockets open when they are first needed. */
final class PortLinks {
  private static final int DEFAULT_GROUP = 0;

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

  /** Finds an interface that is there. */
  Link need(PortId name) throws VirtException {
    return find(name)
        .orElseThrow(
            () -> new VirtException(ErrorCode.NO_INTERFACE, "no interface is named " + name));
  }

  Optional<Link> find(PortId name) throws VirtException {
    return links().find(name);
  }

  List<Link> list() throws VirtException {
    return links().list();
  }

  /** Says whether an interface is a port of a bridge now. */
  boolean isBridgePort(PortRef port) throws VirtException {
    Optional<Link> link = links().find(port.index());
    return link.isPresent() && isBridgePort(link.get());
  }

  /** Says whether an interface is a port of a bridge, where the rules see its frames. */
  boolean isBridgePort(Link link) throws VirtException {
    if (link.master() == 0 || bridges.contains(link.master())) {
      return link.master() != 0;
    }
    boolean bridge = links().find(link.master()).filter(m -> m.kind().equals("bridge")).isPresent();
    if (bridge) {
      bridges.add(link.master());
    }
    return bridge;
  }

  /** Makes an interface one that is closed unless the technique has an entry for it. */
  void join(PortRef port) throws VirtException {
    links().group(port.index(), FilterTechnique.PORT_GROUP);
  }

  void leave(PortRef port) throws VirtException {
    links().group(port.index(), DEFAULT_GROUP);
  }

  void up(PortRef port) throws VirtException {
    links().up(port.index());
  }

  /** Takes an interface down; returns whether it was up. */
  boolean down(PortRef port) throws VirtException {
    Optional<Link> link = links().find(port.index());
    if (link.isEmpty()) {
      return false;
    }
    links().down(port.index());
    return link.get().is(Link.Flag.UP);
  }

  Subscription watch(LinkListener listener) throws VirtException {
    return links().watch(listener);
  }
}
