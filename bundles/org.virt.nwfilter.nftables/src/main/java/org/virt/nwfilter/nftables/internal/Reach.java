package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
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
 * Knows where the rules of a port have to stand: frames of a macvtap go to the device below it,
 * past every bridge; those of its relatives go where no rules reach them.
 */
final class Reach {
  private static final String DIRECT = "macvtap";
  private static final Set<String> UNREACHED = Set.of("macvlan", "ipvtap", "ipvlan");

  /** More than a host has; then it is looked at anew. */
  private static final int MOST_KNOWN = 10_000;

  /** Ports that were looked at; neither what an interface is nor its index ever changes. */
  private final Set<PortRef> bridged = ConcurrentHashMap.newKeySet();

  private final Set<PortRef> direct = ConcurrentHashMap.newKeySet();

  /** Says whether a port that was looked at is in no bridge. */
  boolean isDirect(PortRef port) {
    return direct.contains(port);
  }

  /**
   * Looks at the ports' interfaces; one that is not there yet or any more is no error.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port that would stay open
   */
  void require(List<PortProgram> programs) throws VirtException {
    List<PortRef> unknown = new ArrayList<>();
    for (PortProgram program : programs) {
      PortRef port = program.port();
      if (!bridged.contains(port) && !direct.contains(port)) {
        unknown.add(port);
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    if (bridged.size() + direct.size() >= MOST_KNOWN) {
      bridged.clear();
      direct.retainAll(programs.stream().map(PortProgram::port).toList());
    }
    try (NetlinkLinks links = NetlinkLinks.open()) {
      for (PortRef port : unknown) {
        require(port, links);
      }
    }
  }

  /** Says whether the device of a first chain is gone; one that cannot be looked for is not. */
  static boolean isGone(String firstChain) {
    try (NetlinkLinks links = NetlinkLinks.open()) {
      return links.find(DirectLayout.index(firstChain)).isEmpty();
    } catch (VirtException e) {
      return false;
    }
  }

  private void require(PortRef port, NetlinkLinks links) throws VirtException {
    Optional<Link> link = links.find(port.index()).filter(found -> found.name().equals(port.id()));
    if (link.isEmpty()) {
      return;
    }
    String kind = link.get().kind();
    if (UNREACHED.contains(kind)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "translate to nftables for port " + port + ": rules do not reach a " + kind);
    }
    (kind.equals(DIRECT) ? direct : bridged).add(port);
  }
}
