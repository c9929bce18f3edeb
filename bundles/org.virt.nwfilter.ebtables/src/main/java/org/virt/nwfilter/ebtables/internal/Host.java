package org.virt.nwfilter.ebtables.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.spi.nwfilter.Protocol;

/** The host as it is now. What was found once is not looked for again: make one for each use. */
final class Host implements HostFacts {
  private static final Path BRIDGE = Path.of("/proc/sys/net/bridge");
  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final Path ROUTES4 = Path.of("/proc/net/route");
  private static final Path ROUTES6 = Path.of("/proc/net/ipv6_route");

  private final Set<Protocol.Layer> bridged = new HashSet<>();
  private final Set<String> sets = new HashSet<>();

  static Path setting(Protocol.Layer layer) {
    return BRIDGE.resolve(
        layer == Protocol.Layer.IPV4 ? "bridge-nf-call-iptables" : "bridge-nf-call-ip6tables");
  }

  /** Says whether bridged packets go through iptables. */
  static boolean isBridged(Protocol.Layer layer) {
    try {
      return Files.readString(setting(layer)).strip().equals("1");
    } catch (IOException e) {
      return false; // the module br_netfilter is not loaded
    }
  }

  @Override
  public void requireBridged(Protocol.Layer layer) throws Refused {
    if (bridged.contains(layer)) {
      return;
    }
    if (!isBridged(layer)) {
      throw new Refused(
          "rules about packets need "
              + setting(layer).getFileName()
              + ", which is off (sysctl -w net.bridge."
              + setting(layer).getFileName()
              + "=1 with the module br_netfilter, or bridge.netfilter = true in"
              + " org.virt.nwfilter.ebtables.cfg)");
    }
    bridged.add(layer);
  }

  /**
   * The kernel looks for a way back as if it had sent the packet itself (FACTS of br_netfilter).
   */
  @Override
  public void requireAnswers(PortId port, Protocol.Layer layer) throws Refused {
    boolean ipv4 = layer == Protocol.Layer.IPV4;
    Path bridge = INTERFACES.resolve(port.name()).resolve("brport/bridge");
    try {
      String name = bridge.toRealPath().getFileName().toString();
      if (hasAddress(name, ipv4) || hasDefaultRoute(ipv4)) {
        return;
      }
      throw new Refused(
          "the action reject could send no answer: the bridge "
              + name
              + " has no "
              + (ipv4 ? "IPv4" : "IPv6")
              + " address and there is no default route");
    } catch (IOException e) {
      return; // no port of a bridge: its packets come nowhere
    }
  }

  private static boolean hasAddress(String bridge, boolean ipv4) throws SocketException {
    NetworkInterface found = NetworkInterface.getByName(bridge);
    List<InetAddress> addresses =
        found == null ? List.of() : Collections.list(found.getInetAddresses());
    return addresses.stream()
        .anyMatch(a -> ipv4 ? a instanceof Inet4Address : a instanceof Inet6Address);
  }

  private static boolean hasDefaultRoute(boolean ipv4) throws IOException {
    if (ipv4) {
      return Files.readAllLines(ROUTES4).stream()
          .map(line -> line.split("\\s+"))
          .anyMatch(f -> f.length > 7 && f[1].equals("00000000") && f[7].equals("00000000"));
    }
    return Files.readAllLines(ROUTES6).stream()
        .map(line -> line.split("\\s+"))
        .anyMatch(f -> f.length > 9 && f[1].equals("00") && !f[9].equals("lo"));
  }

  @Override
  public void requireSet(String name) throws Refused {
    if (sets.contains(name)) {
      return;
    }
    try {
      if (!Command.of("ipset", "list", "-n", name).run().ok()) {
        throw new Refused("there is no ipset " + name);
      }
    } catch (VirtException e) {
      throw new Refused("look for the ipset " + name + ": " + e.getMessage());
    }
    sets.add(name);
  }
}
