package org.virt.test.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Protocol.Layer;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.State;
import org.virt.spi.nwfilter.Step.Way;

/** Transport rules of every kind but those with ipsets, which nft has no word for. */
final class TransportSteps {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final Connection OPENS =
      new Connection(Set.of(State.NEW, State.ESTABLISHED), Optional.of(Way.ORIGINAL));
  private static final Connection ANSWERS =
      new Connection(Set.of(State.ESTABLISHED), Optional.of(Way.REPLY));
  private static final Connection INVALID =
      new Connection(Set.of(State.INVALID, State.RELATED), Optional.empty());
  private static final Set<Protocol> WITH_PORTS =
      Set.of(
          Protocol.TCP,
          Protocol.UDP,
          Protocol.UDPLITE,
          Protocol.SCTP,
          Protocol.TCP_IPV6,
          Protocol.UDP_IPV6,
          Protocol.UDPLITE_IPV6,
          Protocol.SCTP_IPV6);

  private final List<Step.Rule> rules = new ArrayList<>();

  private TransportSteps() {}

  static List<Step.Rule> all() {
    TransportSteps steps = new TransportSteps();
    for (Protocol protocol : Protocol.values()) {
      if (protocol.layer() != Layer.LINK) {
        for (Sense sense : Sense.values()) {
          steps.add(protocol, sense);
        }
      }
    }
    return steps.rules;
  }

  private void add(Protocol protocol, Sense sense) {
    add(Action.ACCEPT, protocol, OPENS);
    add(Action.RETURN, protocol, ANSWERS);
    add(Action.REJECT, protocol, INVALID);
    add(Action.CONTINUE, protocol, INVALID);
    boolean ipv4 = protocol.layer() == Layer.IPV4;
    Operand whole = new Operand.Mac(MAC, Operand.Mac.WHOLE);
    match(protocol, Field.ETHER_SOURCE, sense, whole);
    Operand masked = new Operand.Mac(MAC, MacAddress.parse("ff:ff:ff:00:00:00"));
    match(protocol, Field.ETHER_SOURCE, sense, masked);
    match(protocol, Field.ETHER_SOURCE, sense, new Operand.PortMac());
    match(protocol, Field.IP_SOURCE, sense, net(ipv4 ? "10.0.0.0" : "fd00::", 14));
    match(protocol, Field.IP_DESTINATION, sense, net(ipv4 ? "10.0.0.1" : "fd00::1", 32));
    match(
        protocol,
        Field.IP_DESTINATION,
        sense,
        ipv4 ? range("10.0.0.1", "10.0.0.9") : range("fd00::1", "fd00::9"));
    Operand.Family family = ipv4 ? Operand.Family.IPV4 : Operand.Family.IPV6;
    match(protocol, Field.IP_SOURCE, Sense.IS, new Operand.Lookup(family));
    match(protocol, Field.IP_DSCP, sense, number(46));
    match(protocol, Field.CONNECTION_LIMIT, sense, number(3));
    if (WITH_PORTS.contains(protocol)) {
      match(protocol, Field.SOURCE_PORT, sense, number(80));
      match(protocol, Field.DESTINATION_PORT, sense, new Operand.Number(22, 25));
    }
    if (protocol == Protocol.ICMP || protocol == Protocol.ICMPV6) {
      match(protocol, Field.ICMP_TYPE, sense, number(3));
      match(protocol, Field.ICMP_CODE, sense, new Operand.Number(1, 3));
    }
    if (protocol == Protocol.TCP || protocol == Protocol.TCP_IPV6) {
      match(protocol, Field.TCP_FLAGS, sense, new Operand.TcpFlags(0x3f, 2));
      match(protocol, Field.TCP_FLAGS, sense, new Operand.TcpFlags(2, 0x12));
      match(protocol, Field.TCP_OPTION, sense, number(5));
      match(protocol, Field.TCP_OPTION, sense, number(200));
    }
  }

  private void match(Protocol protocol, Field field, Sense sense, Operand operand) {
    for (Action action : List.of(Action.ACCEPT, Action.DROP)) {
      rules.add(
          new Step.Rule(
              action,
              protocol,
              List.of(new Match(field, sense, operand)),
              Connection.ANY,
              "filter text, rule 2"));
    }
  }

  private void add(Action action, Protocol protocol, Connection connection) {
    rules.add(new Step.Rule(action, protocol, List.of(), connection, "filter text, rule 1"));
  }

  private static Operand number(long value) {
    return new Operand.Number(value, value);
  }

  private static Operand net(String address, int prefix) {
    return new Operand.Net(address(address), prefix);
  }

  private static Operand range(String from, String to) {
    return new Operand.NetRange(address(from), address(to));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
