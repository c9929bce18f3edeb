package org.virt.nwfilter.internal.compile;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * What a port may do while its address is not known: ask a DHCP server for one (RFC 2131, RFC 8415)
 * and probe whether an address is free (RFC 5227, RFC 4862), from its own MAC address and, but for
 * DHCPv6, without an address.
 */
final class LearningProgram {
  private static final String ORIGIN = "address learning";
  private static final long UDP = 17;
  private static final long SERVER_PORT = 67;
  private static final long CLIENT_PORT = 68;
  private static final long ARP_REQUEST = 1;
  private static final long ARP_REPLY = 2;
  static final Operand OWN = new Operand.PortMac();
  private static final Operand EVERYBODY = new Operand.Mac(Operand.Mac.WHOLE, Operand.Mac.WHOLE);
  private static final Step DROP =
      new Step.Rule(Step.Action.DROP, Protocol.MAC, List.of(), Step.Connection.ANY, ORIGIN);

  private LearningProgram() {}

  /**
   * Makes the program.
   *
   * @param servers the servers that may answer; none of a family for any
   * @param families whose addresses are to be learned; IPv4 is let through always
   */
  static Program of(Collection<? extends InetAddress> servers, Set<Operand.Family> families) {
    List<Step> outgoing = new ArrayList<>(outgoing());
    List<Step> incoming = new ArrayList<>(incoming(of(servers, Operand.Family.IPV4)));
    if (families.contains(Operand.Family.IPV6)) {
      outgoing.addAll(LearningProgram6.outgoing());
      incoming.addAll(LearningProgram6.incoming(of(servers, Operand.Family.IPV6)));
    }
    outgoing.add(DROP);
    incoming.add(DROP);
    return new Program(root(outgoing), root(incoming));
  }

  private static List<InetAddress> of(
      Collection<? extends InetAddress> servers, Operand.Family family) {
    return servers.stream()
        .<InetAddress>map(server -> server)
        .filter(server -> Own.family(server) == family)
        .sorted(Comparator.comparing(IpText::format))
        .toList();
  }

  private static List<Program.Chain> root(List<Step> steps) {
    return List.of(new Program.Chain("root", steps));
  }

  private static List<Step> outgoing() {
    Match own = mac(Field.ETHER_SOURCE, OWN);
    return List.of(
        accept(
            Protocol.IP,
            own,
            net(Field.IP_SOURCE, IpText.of(new byte[4])),
            net(Field.IP_DESTINATION, IpText.of(new byte[] {-1, -1, -1, -1})),
            number(Field.IP_PROTOCOL, UDP),
            number(Field.SOURCE_PORT, CLIENT_PORT),
            number(Field.DESTINATION_PORT, SERVER_PORT)),
        accept(
            Protocol.ARP,
            own,
            number(Field.ARP_OPERATION, ARP_REQUEST),
            mac(Field.ARP_SENDER_MAC, OWN),
            net(Field.ARP_SENDER_IP, IpText.of(new byte[4]))));
  }

  private static List<Step> incoming(List<InetAddress> servers) {
    List<Step> steps = new ArrayList<>();
    // What a holder of the address that is probed answers, to the guest and to who checks it.
    steps.add(
        accept(
            Protocol.ARP,
            mac(Field.ETHER_DESTINATION, OWN),
            number(Field.ARP_OPERATION, ARP_REPLY)));
    for (Operand to : List.of(OWN, EVERYBODY)) {
      List<Match> matches = new ArrayList<>();
      matches.add(mac(Field.ETHER_DESTINATION, to));
      matches.add(number(Field.IP_PROTOCOL, UDP));
      matches.add(number(Field.SOURCE_PORT, SERVER_PORT));
      matches.add(number(Field.DESTINATION_PORT, CLIENT_PORT));
      if (servers.isEmpty()) {
        steps.add(accept(Protocol.IP, matches.toArray(Match[]::new)));
      }
      for (InetAddress server : servers) {
        List<Match> one = new ArrayList<>(matches);
        one.add(1, net(Field.IP_SOURCE, server));
        steps.add(accept(Protocol.IP, one.toArray(Match[]::new)));
      }
    }
    return steps;
  }

  static Step accept(Protocol protocol, Match... matches) {
    return new Step.Rule(
        Step.Action.ACCEPT, protocol, List.of(matches), Step.Connection.ANY, ORIGIN);
  }

  static Match mac(Field field, Operand address) {
    return new Match(field, Sense.IS, address);
  }

  static Match net(Field field, InetAddress address) {
    return new Match(
        field, Sense.IS, new Operand.Net(address, address.getAddress().length * Byte.SIZE));
  }

  static Match number(Field field, long value) {
    return new Match(field, Sense.IS, new Operand.Number(value, value));
  }
}
