package org.virt.nwfilter.nftables.internal;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.Protocol.Layer;
import org.virt.spi.nwfilter.Step;

/**
 * Knows whether somebody whose packet was rejected can be told: on the way through the hooks of IP
 * the host itself answers, from an address on the port's bridge.
 */
class Answers {
  /**
   * Looks at the bridges of ports with rules that reject; a port that is not there yet, or in no
   * bridge, is no error.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port and rule
   */
  void require(PortProgram program) throws VirtException {
    Optional<Step.Rule> ipv4 = rejecting(program, Layer.IPV4);
    Optional<Step.Rule> ipv6 = rejecting(program, Layer.IPV6);
    if (ipv4.isEmpty() && ipv6.isEmpty()) {
      return;
    }
    Optional<Link> bridge = bridge(program);
    if (bridge.isPresent()) {
      require(program, ipv4, bridge.get(), Integer.BYTES);
      require(program, ipv6, bridge.get(), 4 * Integer.BYTES);
    }
  }

  private static Optional<Step.Rule> rejecting(PortProgram program, Layer layer) {
    return PathChooser.all(program.program())
        .filter(rule -> rule.action() == Step.Action.REJECT && rule.protocol().layer() == layer)
        .findFirst();
  }

  private static Optional<Link> bridge(PortProgram program) throws VirtException {
    try (NetlinkLinks links = NetlinkLinks.open()) {
      Optional<Link> port = links.find(program.port().index());
      return port.isPresent() ? links.find(port.get().master()) : Optional.empty();
    }
  }

  private static void require(
      PortProgram program, Optional<Step.Rule> rule, Link bridge, int addressBytes)
      throws VirtException {
    if (rule.isPresent() && !hasAddress(bridge, addressBytes)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "translate to nftables for port "
              + program.port()
              + ": "
              + rule.get().origin()
              + ": reject: the bridge "
              + bridge.name()
              + " has no "
              + (addressBytes == Integer.BYTES ? "IPv4" : "IPv6")
              + " address to answer from; drop tells nobody");
    }
  }

  private static boolean hasAddress(Link bridge, int bytes) {
    try {
      NetworkInterface found = NetworkInterface.getByIndex(bridge.index());
      return found != null
          && found
              .inetAddresses()
              .map(InetAddress::getAddress)
              .anyMatch(address -> address.length == bytes);
    } catch (SocketException e) {
      return false;
    }
  }
}
