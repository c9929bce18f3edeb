package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkAddress;
import org.virt.common.net.NetlinkLinks;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/** Reads from the kernel what interfaces are, and keeps it for a moment. */
final class HostInterfaces implements Interfaces, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostInterfaces.class);
  private static final Duration KEPT = Duration.ofSeconds(1);
  private static final int MOST_KEPT = 4096;
  private static final String BRIDGE = "bridge";

  private final Map<Integer, Kept<Optional<Link>>> links = new ConcurrentHashMap<>();
  private final Predicate<PortId> isLinkDevice;
  private volatile Kept<List<LinkAddress>> addresses;
  private NetlinkLinks netlink;

  private record Kept<T>(T value, long read) {
    boolean isFresh(long now) {
      return now - read < KEPT.toNanos();
    }
  }

  /**
   * Opens nothing yet.
   *
   * @param isLinkDevice says whether filtered macvtaps are on a device
   */
  HostInterfaces(Predicate<PortId> isLinkDevice) {
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
    if (isLinkDevice.test(link.get().name())) {
      return Role.LINK_DEVICE;
    }
    return link.get().master() != 0 ? Role.NETWORK : Role.OTHER;
  }

  @Override
  public int bridge(PortRef port) {
    return link(port.index()).map(Link::master).orElse(0);
  }

  @Override
  public boolean bridgeHas(PortRef port, InetAddress address) {
    int bridge = bridge(port);
    return bridge != 0
        && addresses().stream().anyMatch(a -> a.index() == bridge && a.address().equals(address));
  }

  @Override
  public boolean isOfNobody(PortRef port, InetAddress address) {
    int bridge = bridge(port);
    return bridge != 0
        && addresses().stream()
            .anyMatch(a -> a.index() == bridge && Subnet.of(a).isOfNobody(address));
  }

  @Override
  public boolean hostHas(InetAddress address) {
    return addresses().stream().anyMatch(a -> a.address().equals(address));
  }

  private Optional<Link> link(int index) {
    long now = System.nanoTime();
    Kept<Optional<Link>> kept = links.get(index);
    if (kept == null || !kept.isFresh(now)) {
      if (links.size() >= MOST_KEPT) {
        links.clear();
      }
      kept = new Kept<>(read(index), now);
      links.put(index, kept);
    }
    return kept.value;
  }

  private Optional<Link> read(int index) {
    try {
      return netlink().find(index);
    } catch (VirtException e) {
      LOG.warn("look at interface {}: {}", index, e.getMessage());
      return Optional.empty();
    }
  }

  private synchronized NetlinkLinks netlink() throws VirtException {
    if (netlink == null) {
      netlink = NetlinkLinks.open();
    }
    return netlink;
  }

  private List<LinkAddress> addresses() {
    long now = System.nanoTime();
    Kept<List<LinkAddress>> kept = addresses;
    if (kept == null || !kept.isFresh(now)) {
      kept = new Kept<>(readAddresses(), now);
      addresses = kept;
    }
    return kept.value;
  }

  private List<LinkAddress> readAddresses() {
    try {
      return netlink().addresses();
    } catch (VirtException e) {
      LOG.warn("look for the addresses of the host: {}", e.getMessage());
      return List.of();
    }
  }

  @Override
  public synchronized void close() {
    if (netlink != null) {
      netlink.close();
      netlink = null;
    }
  }
}
