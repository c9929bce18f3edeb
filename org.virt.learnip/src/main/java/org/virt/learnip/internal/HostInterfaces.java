package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkAddress;
import org.virt.common.net.LinkNotices;
import org.virt.common.net.NetlinkLinks;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/**
 * Reads from the kernel what interfaces are, and keeps it until the kernel says that it is
 * otherwise: each question asks for such notices first, which costs less than reading.
 */
final class HostInterfaces implements Interfaces, LinkNotices.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostInterfaces.class);
  private static final Duration RECENT = Duration.ofNanos(100_000);
  private static final int MOST_KEPT = 4096;
  private static final String BRIDGE = "bridge";
  private static final String MACVTAP = "macvtap";

  private final Map<Integer, Optional<Link>> links = new HashMap<>();

  /** An index is never given to another interface. */
  private final Set<Integer> bridges = ConcurrentHashMap.newKeySet();

  private final Predicate<Link> isLinkDevice;
  private Optional<Addresses> addresses = Optional.empty();
  private NetlinkLinks netlink;
  private LinkNotices notices;
  private boolean deaf;
  private long heard;

  /** The host's addresses: those of each interface, and all of them. */
  private record Addresses(Map<Integer, List<LinkAddress>> byLink, Set<InetAddress> all) {
    static Addresses of(List<LinkAddress> list) {
      return new Addresses(
          list.stream().collect(Collectors.groupingBy(LinkAddress::index)),
          list.stream().map(LinkAddress::address).collect(Collectors.toSet()));
    }
  }

  /**
   * Opens nothing yet.
   *
   * @param isLinkDevice says whether filtered macvtaps are on a device
   */
  HostInterfaces(Predicate<Link> isLinkDevice) {
    this.isLinkDevice = isLinkDevice;
  }

  @Override
  public Role role(int index) {
    Optional<Link> link = link(index);
    if (link.isEmpty() || FilterTechnique.isPortGroup(link.get().group())) {
      return Role.OTHER;
    }
    if (link.get().kind().equals(BRIDGE)) {
      return Role.BRIDGE;
    }
    if (isLinkDevice.test(link.get())) {
      return Role.LINK_DEVICE;
    }
    return link.get().master() != 0 ? Role.NETWORK : Role.OTHER;
  }

  @Override
  public int bridge(PortRef port) {
    int bridge = link(port.index()).map(Link::master).orElse(0);
    if (bridge != 0 && !bridges.contains(bridge)) {
      bridges.add(bridge);
    }
    return bridge;
  }

  @Override
  public int below(PortRef port) {
    return link(port.index())
        .filter(link -> link.kind().equals(MACVTAP))
        .map(Link::lower)
        .orElse(0);
  }

  @Override
  public Set<Integer> bridges() {
    return Set.copyOf(bridges);
  }

  @Override
  public boolean bridgeHas(int bridge, InetAddress address) {
    return ofBridge(bridge, held -> held.address().equals(address));
  }

  @Override
  public boolean isOfNobody(int bridge, InetAddress address) {
    return ofBridge(bridge, held -> Subnet.of(held).isOfNobody(address));
  }

  /** Says whether one of a bridge's addresses is such; also when they cannot be read. */
  private synchronized boolean ofBridge(int bridge, Predicate<LinkAddress> such) {
    if (bridge == 0) {
      return false;
    }
    hear();
    Optional<Addresses> known = addresses();
    if (known.isEmpty()) {
      return true;
    }
    for (LinkAddress held : known.get().byLink.getOrDefault(bridge, List.of())) {
      if (such.test(held)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized boolean hostHas(InetAddress address) {
    hear();
    return addresses().filter(a -> a.all.contains(address)).isPresent();
  }

  private synchronized Optional<Link> link(int index) {
    hear();
    Optional<Link> known = links.get(index);
    if (known == null) {
      known = read(index);
      links.put(index, known);
    }
    return known;
  }

  @Override
  public synchronized void hear() {
    // A frame asks some questions, within microseconds.
    long now = System.nanoTime();
    if (notices != null && now - heard < RECENT.toNanos()) {
      return;
    }
    heard = now;
    try {
      if (notices == null) {
        lost();
        notices = LinkNotices.open();
      }
      notices.tell(this);
      deaf = false;
    } catch (VirtException e) {
      // Nothing is kept then. Asked for each packet, it is said once.
      if (!deaf) {
        LOG.warn("changes of interfaces are not noticed: {}", e.getMessage());
      }
      deaf = true;
      endNotices();
      lost();
    }
    if (links.size() > MOST_KEPT) {
      links.clear();
    }
  }

  @Override
  public void changed(Link link) {
    links.put(link.index(), Optional.of(link));
  }

  @Override
  public void removed(int index) {
    links.put(index, Optional.empty());
    addressesChanged();
  }

  @Override
  public void addressesChanged() {
    addresses = Optional.empty();
  }

  @Override
  public void lost() {
    links.clear();
    addressesChanged();
  }

  private Optional<Link> read(int index) {
    try {
      return netlink().find(index);
    } catch (VirtException e) {
      LOG.warn("look at interface {}: {}", index, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Addresses> addresses() {
    if (addresses.isEmpty()) {
      try {
        addresses = Optional.of(Addresses.of(netlink().addresses()));
      } catch (VirtException e) {
        LOG.warn("look for the addresses of the host: {}", e.getMessage());
      }
    }
    return addresses;
  }

  private NetlinkLinks netlink() throws VirtException {
    if (netlink == null) {
      netlink = NetlinkLinks.open();
    }
    return netlink;
  }

  @Override
  public synchronized void close() {
    if (netlink != null) {
      netlink.close();
      netlink = null;
    }
    endNotices();
  }

  private void endNotices() {
    if (notices != null) {
      notices.close();
      notices = null;
    }
  }
}
