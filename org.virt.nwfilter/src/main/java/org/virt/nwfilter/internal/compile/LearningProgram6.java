package org.virt.nwfilter.internal.compile;

import static org.virt.nwfilter.internal.compile.LearningProgram.OWN;
import static org.virt.nwfilter.internal.compile.LearningProgram.accept;
import static org.virt.nwfilter.internal.compile.LearningProgram.mac;
import static org.virt.nwfilter.internal.compile.LearningProgram.net;
import static org.virt.nwfilter.internal.compile.LearningProgram.number;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.virt.api.MacAddress;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * The IPv6 part of the {@link LearningProgram}: duplicate address detection (RFC 4862) and the
 * exchange of a DHCPv6 client (RFC 8415). No advertisement goes out: one can claim any address.
 */
final class LearningProgram6 {
  private static final InetAddress UNSPECIFIED = parse("::");
  private static final InetAddress LINK_LOCAL = parse("fe80::");
  private static final InetAddress ALL_DHCP = parse("ff02::1:2");
  private static final int LINK_LOCAL_BITS = 10;
  private static final MacAddress ALL_NODES = MacAddress.parse("33:33:00:00:00:01");
  private static final MacAddress SOLICITED_NODES = MacAddress.parse("33:33:ff:00:00:00");
  private static final MacAddress SOLICITED_NODES_MASK = MacAddress.parse("ff:ff:ff:00:00:00");
  private static final long ICMP = 58;
  private static final long SOLICITATION = 135;
  private static final long ADVERTISEMENT = 136;
  private static final long UDP = 17;
  private static final long CLIENT_PORT = 546;
  private static final long SERVER_PORT = 547;

  private LearningProgram6() {}

  private static InetAddress parse(String text) {
    return IpText.parse(text).orElseThrow();
  }

  static List<Step> outgoing() {
    Match own = mac(Field.ETHER_SOURCE, OWN);
    return List.of(
        accept(
            Protocol.IPV6,
            own,
            net(Field.IP_SOURCE, UNSPECIFIED),
            number(Field.IP_PROTOCOL, ICMP),
            number(Field.ICMP_TYPE, SOLICITATION)),
        accept(
            Protocol.IPV6,
            own,
            linkLocal(),
            net(Field.IP_DESTINATION, ALL_DHCP),
            number(Field.IP_PROTOCOL, UDP),
            number(Field.SOURCE_PORT, CLIENT_PORT),
            number(Field.DESTINATION_PORT, SERVER_PORT)));
  }

  static List<Step> incoming(List<InetAddress> servers) {
    Match own = mac(Field.ETHER_DESTINATION, OWN);
    Match solicited =
        new Match(
            Field.ETHER_DESTINATION,
            Sense.IS,
            new Operand.Mac(SOLICITED_NODES, SOLICITED_NODES_MASK));
    List<Step> steps = new ArrayList<>();
    steps.add(neighbour(own, ADVERTISEMENT));
    steps.add(
        neighbour(
            mac(Field.ETHER_DESTINATION, new Operand.Mac(ALL_NODES, Operand.Mac.WHOLE)),
            ADVERTISEMENT));
    steps.add(neighbour(solicited, SOLICITATION));
    if (servers.isEmpty()) {
      steps.add(answer(own, linkLocal()));
    }
    servers.forEach(server -> steps.add(answer(own, net(Field.IP_SOURCE, server))));
    return steps;
  }

  private static Step neighbour(Match destination, long type) {
    return accept(
        Protocol.IPV6, destination, number(Field.IP_PROTOCOL, ICMP), number(Field.ICMP_TYPE, type));
  }

  private static Step answer(Match destination, Match source) {
    return accept(
        Protocol.IPV6,
        destination,
        source,
        number(Field.IP_PROTOCOL, UDP),
        number(Field.SOURCE_PORT, SERVER_PORT),
        number(Field.DESTINATION_PORT, CLIENT_PORT));
  }

  private static Match linkLocal() {
    return new Match(Field.IP_SOURCE, Sense.IS, new Operand.Net(LINK_LOCAL, LINK_LOCAL_BITS));
  }
}
