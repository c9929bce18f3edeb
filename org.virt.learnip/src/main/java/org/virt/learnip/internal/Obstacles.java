package org.virt.learnip.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnSink.Refusal;

/** Which addresses a port may not have, whoever else has them or not. */
final class Obstacles {
  private final LearnRequest request;
  private final LearningPort port;
  private final Neighborhood around;
  private final Set<InetAddress> gateways;

  Obstacles(LearnRequest request, LearningPort port, Neighborhood around) {
    this.request = request;
    this.port = port;
    this.around = around;
    this.gateways = new HashSet<>(request.terms().gateways());
  }

  /**
   * A server has told, with a lease, which addresses no guest has.
   *
   * @param until end of the lease
   */
  void told(List<InetAddress> routers, Set<InetAddress> nobodys, long until) {
    gateways.addAll(routers);
    int bridge = around.interfaces().bridge(request.port());
    around.facts().told(bridge, Set.copyOf(routers), nobodys, until);
  }

  /** Returns why the port may not have an address, whoever else has it or not. */
  Optional<Refusal> of(InetAddress address, Source source, long now) {
    // A server knows its network better than what others were told of it.
    boolean seen = source != Source.DHCP;
    int bridge = around.interfaces().bridge(request.port());
    if (!canBeHost(address) || seen && isOfNobody(bridge, address, now)) {
      return Optional.of(Refusal.UNUSABLE);
    }
    boolean gateway =
        gateways.contains(address)
            || around.interfaces().bridgeHas(bridge, address)
            || seen && isOthersRouter(bridge, address, now);
    return gateway ? Optional.of(Refusal.GATEWAY) : Optional.empty();
  }

  /** Says whether any host can have an address. */
  static boolean canBeHost(InetAddress address) {
    return address instanceof Inet4Address
        ? Ipv4.canBeHost(Ipv4.toNumber(address))
        : Ipv6.canBeHost(address);
  }

  private boolean isOfNobody(int bridge, InetAddress address, long now) {
    return around.interfaces().isOfNobody(bridge, address)
        || around.facts().isOfNobody(bridge, address, now);
  }

  /** A guest that serves others may be their router, too. */
  private boolean isOthersRouter(int bridge, InetAddress address, long now) {
    return !port.servesDhcp() && around.facts().isRouter(bridge, address, now);
  }
}
