package org.virt.learnip.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
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
  private final Map<Integer, Kept<Set<InetAddress>>> addresses = new ConcurrentHashMap<>();
  private final Predicate<PortId> isLinkDevice;
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
  public boolean bridgeHas(PortRef port, InetAddress address) {
    int master = link(port.index()).map(Link::master).orElse(0);
    return master != 0 && addresses(master).contains(address);
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

  private Set<InetAddress> addresses(int bridge) {
    long now = System.nanoTime();
    Kept<Set<InetAddress>> kept = addresses.get(bridge);
    if (kept == null || !kept.isFresh(now)) {
      kept = new Kept<>(readAddresses(bridge), now);
      addresses.put(bridge, kept);
    }
    return kept.value;
  }

  private Set<InetAddress> readAddresses(int bridge) {
    Set<InetAddress> found = new HashSet<>();
    try {
      Optional<Link> link = link(bridge);
      NetworkInterface device =
          link.isEmpty() ? null : NetworkInterface.getByName(link.get().name().name());
      if (device != null) {
        device.inetAddresses().forEach(address -> found.add(withoutScope(address)));
      }
    } catch (SocketException e) {
      LOG.warn("look for the addresses of interface {}: {}", bridge, e.toString());
    }
    return Set.copyOf(found);
  }

  private static InetAddress withoutScope(InetAddress address) {
    try {
      return address instanceof Inet6Address
          ? Inet6Address.getByAddress(null, address.getAddress(), -1)
          : address;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an IPv6 address", e);
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
