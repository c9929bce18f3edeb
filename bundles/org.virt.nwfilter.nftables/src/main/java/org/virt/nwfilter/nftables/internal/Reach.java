package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/**
 * Knows which interfaces the rules do not reach: frames of a macvtap go to the device below it,
 * past every bridge.
 */
final class Reach {
  private static final Set<String> BESIDE_BRIDGES =
      Set.of("macvtap", "macvlan", "ipvtap", "ipvlan");

  /** More than a host has; then it is looked at anew. */
  private static final int MOST_KNOWN = 10_000;

  /** Ports that were looked at; neither what an interface is nor its index ever changes. */
  private final Set<PortRef> reached = ConcurrentHashMap.newKeySet();

  /**
   * Looks at the ports' interfaces; one that is not there yet or any more is no error.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port that would stay open
   */
  void require(List<PortProgram> programs) throws VirtException {
    List<PortRef> unknown =
        programs.stream().map(PortProgram::port).filter(port -> !reached.contains(port)).toList();
    if (unknown.isEmpty()) {
      return;
    }
    try (NetlinkLinks links = NetlinkLinks.open()) {
      for (PortRef port : unknown) {
        require(port, links);
      }
    }
  }

  private void require(PortRef port, NetlinkLinks links) throws VirtException {
    Optional<Link> link = links.find(port.index()).filter(found -> found.name().equals(port.id()));
    if (link.isEmpty()) {
      return;
    }
    String kind = link.get().kind();
    if (BESIDE_BRIDGES.contains(kind)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "translate to nftables for port " + port + ": rules do not reach a " + kind);
    }
    if (reached.size() >= MOST_KNOWN) {
      reached.clear();
    }
    reached.add(port);
  }
}
