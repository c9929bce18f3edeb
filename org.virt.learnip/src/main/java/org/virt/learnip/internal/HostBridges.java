package org.virt.learnip.internal;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.spi.nwfilter.PortRef;

/** Reads the addresses of bridges from the host and keeps them for a moment. */
final class HostBridges implements BridgeAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(HostBridges.class);
  private static final Duration KEPT = Duration.ofSeconds(1);
  private static final Path INTERFACES = Path.of("/sys/class/net");

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Set<InetAddress> addresses, long read) {}

  @Override
  public boolean has(PortRef port, InetAddress address) {
    try {
      // A port that is in no bridge, such as a macvtap, has no such neighbour.
      Path master = INTERFACES.resolve(port.id().name()).resolve("master");
      if (!Files.isSymbolicLink(master)) {
        return false;
      }
      String bridge = Files.readSymbolicLink(master).getFileName().toString();
      return addresses(bridge).contains(address);
    } catch (IOException e) {
      LOG.debug("{}: look for its bridge's addresses: {}", port, e.toString());
      return false;
    }
  }

  private Set<InetAddress> addresses(String bridge) throws IOException {
    long now = System.nanoTime();
    Known last = known.get(bridge);
    if (last != null && now - last.read < KEPT.toNanos()) {
      return last.addresses;
    }
    Set<InetAddress> addresses = new HashSet<>();
    NetworkInterface link = NetworkInterface.getByName(bridge);
    if (link != null) {
      link.inetAddresses().forEach(address -> addresses.add(withoutScope(address)));
    }
    known.put(bridge, new Known(Set.copyOf(addresses), now));
    return addresses;
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
}
