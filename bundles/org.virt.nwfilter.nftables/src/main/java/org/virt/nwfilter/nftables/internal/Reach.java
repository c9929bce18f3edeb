package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  private Reach() {}

  /**
   * Looks at the ports' interfaces; one that is not there yet or any more is no error.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port that would stay open
   */
  static void require(List<PortProgram> programs) throws VirtException {
    try (NetlinkLinks links = NetlinkLinks.open()) {
      for (PortProgram program : programs) {
        PortRef port = program.port();
        Optional<Link> link =
            links.find(port.index()).filter(found -> found.name().equals(port.id()));
        if (link.isPresent() && BESIDE_BRIDGES.contains(link.get().kind())) {
          throw new VirtException(
              ErrorCode.CONFIG_UNSUPPORTED,
              "translate to nftables for port "
                  + port
                  + ": rules do not reach a "
                  + link.get().kind());
        }
      }
    }
  }
}
