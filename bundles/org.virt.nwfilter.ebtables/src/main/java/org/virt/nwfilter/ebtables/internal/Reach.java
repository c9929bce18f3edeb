package org.virt.nwfilter.ebtables.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/** Knows which interfaces ebtables does not reach: frames of a macvtap pass by every bridge. */
final class Reach {
  private static final Set<String> BESIDE_BRIDGES =
      Set.of("macvtap", "macvlan", "ipvtap", "ipvlan");

  private Reach() {}

  /**
   * Looks at the ports' interfaces; one that is not there is no error.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port that would stay open
   */
  static void require(List<PortProgram> programs) throws VirtException {
    try (NetlinkLinks links = NetlinkLinks.open()) {
      for (PortProgram program : programs) {
        PortRef port = program.port();
        Optional<Link> link = links.find(port.index()).filter(l -> l.name().equals(port.id()));
        String kind = link.map(Link::kind).orElse("");
        if (BESIDE_BRIDGES.contains(kind)) {
          throw new VirtException(
              ErrorCode.CONFIG_UNSUPPORTED,
              "translate to ebtables for port " + port + ": rules do not reach a " + kind);
        }
      }
    }
  }
}
