package org.virt.nwfilter.internal.compile;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * What a port may do while its address is not known: ask a DHCP server for one (RFC 2131) and probe
 * whether an address is free (RFC 5227), both without an address and from its own MAC address.
 */
final class LearningProgram {
  private static final String ORIGIN = "address learning";
  private static final long UDP = 17;
  private static final long SERVER_PORT = 67;
  private static final long CLIENT_PORT = 68;
  private static final long ARP_REQUEST = 1;
  private static final int IPV4_BITS = 32;

  private LearningProgram() {}

  /**
   * Makes the program of a port.
   *
   * @param servers the servers that may answer; empty for any
   */
  static PortProgram of(PortRef port, Collection<? extends InetAddress> servers) {
    return new PortProgram(port, root(outgoing(port)), root(incoming(port, servers)), List.of());
  }

  private static List<PortProgram.Chain> root(List<Step> steps) {
    return List.of(new PortProgram.Chain("root", steps));
  }

  private static List<Step> outgoing(PortRef port) {
    Match own = mac(Field.ETHER_SOURCE, port.mac());
    return List.of(
        accept(
            Step.Direction.OUT,
            Protocol.IP,
            own,
            net(Field.IP_SOURCE, IpText.of(new byte[4])),
            net(Field.IP_DESTINATION, IpText.of(new byte[] {-1, -1, -1, -1})),
            number(Field.IP_PROTOCOL, UDP),
            number(Field.SOURCE_PORT, CLIENT_PORT),
            number(Field.DESTINATION_PORT, SERVER_PORT)),
        accept(
            Step.Direction.OUT,
            Protocol.ARP,
            own,
            number(Field.ARP_OPERATION, ARP_REQUEST),
            mac(Field.ARP_SENDER_MAC, port.mac()),
            net(Field.ARP_SENDER_IP, IpText.of(new byte[4]))),
        drop(Step.Direction.OUT));
  }

  private static List<Step> incoming(PortRef port, Collection<? extends InetAddress> servers) {
    List<Step> steps = new ArrayList<>();
    for (MacAddress to : List.of(port.mac(), Operand.Mac.WHOLE)) {
      List<Match> matches = new ArrayList<>();
      matches.add(mac(Field.ETHER_DESTINATION, to));
      matches.add(number(Field.IP_PROTOCOL, UDP));
      matches.add(number(Field.SOURCE_PORT, SERVER_PORT));
      matches.add(number(Field.DESTINATION_PORT, CLIENT_PORT));
      if (servers.isEmpty()) {
        steps.add(accept(Step.Direction.IN, Protocol.IP, matches.toArray(Match[]::new)));
      }
      servers.stream()
          .sorted(Comparator.comparing((InetAddress a) -> IpText.format(a)))
          .forEach(
              server -> {
                List<Match> one = new ArrayList<>(matches);
                one.add(1, net(Field.IP_SOURCE, server));
                steps.add(accept(Step.Direction.IN, Protocol.IP, one.toArray(Match[]::new)));
              });
    }
    steps.add(drop(Step.Direction.IN));
    return steps;
  }

  private static Step accept(Step.Direction direction, Protocol protocol, Match... matches) {
    return new Step.Rule(
        Step.Action.ACCEPT, direction, protocol, List.of(matches), Set.of(), ORIGIN);
  }

  private static Step drop(Step.Direction direction) {
    return new Step.Rule(Step.Action.DROP, direction, Protocol.MAC, List.of(), Set.of(), ORIGIN);
  }

  private static Match mac(Field field, MacAddress address) {
    return new Match(field, Sense.IS, new Operand.Mac(address, Operand.Mac.WHOLE));
  }

  private static Match net(Field field, InetAddress address) {
    return new Match(field, Sense.IS, new Operand.Net(address, IPV4_BITS));
  }

  private static Match number(Field field, long value) {
    return new Match(field, Sense.IS, new Operand.Number(value, value));
  }
}
