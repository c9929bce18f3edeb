package org.virt.nwfilter.nftables.internal;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.InIpSet;
import org.virt.nwfilter.nftables.internal.Condition.Limit;
import org.virt.nwfilter.nftables.internal.Condition.TcpOption;
import org.virt.nwfilter.nftables.internal.RuleConditions.Never;
import org.virt.nwfilter.nftables.internal.RuleConditions.Refused;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/** The conditions of one transport rule in one of the places where packets are judged. */
final class TransportConditions {
  private static final int AH = 51;
  private static final int ARPHRD_ETHER = 1;
  private static final Set<Field> OF_FRAME =
      EnumSet.of(Field.ETHER_SOURCE, Field.ETHER_DESTINATION);
  private static final Set<Field> OF_TRANSPORT =
      EnumSet.of(
          Field.SOURCE_PORT,
          Field.DESTINATION_PORT,
          Field.ICMP_TYPE,
          Field.ICMP_CODE,
          Field.TCP_FLAGS,
          Field.TCP_OPTION);

  private final Step.Rule rule;
  private final Place place;
  private final Comparison comparison;
  private final IpSets ipSets;
  private final boolean ipv4;
  private final List<Condition> conditions = new ArrayList<>();

  /** Where packets are judged. */
  enum Place {
    /** In the bridge, which tracks connections. */
    STATEFUL,
    /** In the hooks of IP, by marks. */
    MARKED,
    /** In the bridge, what the host itself sends. */
    HOST,
    /** In the bridge, behind a VLAN tag. */
    TAGGED,
    /** At a device that is in no bridge, whether there is a tag or not. */
    DIRECT
  }

  TransportConditions(Step.Rule rule, Place place, boolean out, IpSets ipSets) {
    this.rule = rule;
    this.place = place;
    this.ipSets = ipSets;
    ipv4 = rule.protocol().layer() == Protocol.Layer.IPV4;
    comparison =
        switch (place) {
          case MARKED -> byMark(ipv4);
          case DIRECT -> Comparison.direct(out);
          case STATEFUL, HOST, TAGGED -> Comparison.byIndex(out);
        };
  }

  private static Comparison byMark(boolean ipv4) {
    String macs = TransportLayout.named(TransportLayout.MARKED_MACS, ipv4);
    return new Comparison(
        Subjects.MARK,
        macs,
        macs,
        TransportLayout.named(TransportLayout.MARKED_ADDRESSES, true),
        TransportLayout.named(TransportLayout.MARKED_ADDRESSES, false));
  }

  /**
   * Returns the conditions.
   *
   * @param limitSet name of the set that counts connections, should the rule do that
   */
  List<Condition> conditions(String limitSet) throws Refused, Never {
    if (place != Place.MARKED) {
      conditions.add(Compare.is(type(), etherType(ipv4)));
    }
    number(rule.protocol()).ifPresent(number -> conditions.addAll(protocol(ipv4, number)));
    if (uses(OF_TRANSPORT) && ipv4 && place != Place.MARKED) {
      // Behind connection tracking of IP there are no fragments.
      conditions.add(Compare.is(Subjects.FRAGMENT_OFFSET, 0));
    }
    if (uses(OF_FRAME) && place == Place.MARKED) {
      conditions.add(Compare.is(Subjects.IN_TYPE, HostOrder.shortBytes(ARPHRD_ETHER)));
    }
    for (Match match : rule.matches().stream().sorted(comparing(Match::field)).toList()) {
      if (match.field() != Field.CONNECTION_LIMIT) {
        add(match);
      }
    }
    addConnection();
    for (Match match : rule.matches()) {
      if (match.field() == Field.CONNECTION_LIMIT) {
        addLimit(match, limitSet);
      }
    }
    return List.copyOf(conditions);
  }

  /** In a bridge only packets with a tag, or only those without one, come to each place. */
  private Subject type() {
    boolean passes = rule.action() == Step.Action.ACCEPT || rule.action() == Step.Action.RETURN;
    return place == Place.DIRECT && passes ? Subjects.WIRE_TYPE : Subjects.INNER_TYPE;
  }

  private boolean uses(Set<Field> fields) {
    return rule.matches().stream().anyMatch(match -> fields.contains(match.field()));
  }

  private void add(Match match) throws Refused, Never {
    boolean not = match.sense() == Match.Sense.IS_NOT;
    if (match.operand() instanceof Operand.TcpFlags flags) {
      addFlags(flags, not);
    } else if (match.operand() instanceof Operand.IpSet set) {
      addIpSet(set, not);
    } else if (match.field() == Field.TCP_OPTION && match.operand() instanceof Operand.Number n) {
      conditions.add(new TcpOption((int) n.from(), !not));
    } else {
      Subject subject =
          Subjects.findTransport(ipv4, match.field())
              .orElseThrow(
                  () ->
                      new Refused(
                          Comparison.name(match.field())
                              + " is not supported in "
                              + rule.protocol().xmlName()));
      comparison.of(match, subject).ifPresent(conditions::add);
    }
  }

  private void addFlags(Operand.TcpFlags flags, boolean not) throws Never {
    boolean possible = (flags.flags() & ~flags.mask()) == 0;
    boolean certain = possible && flags.mask() == 0;
    if (not ? certain : !possible) {
      throw new Never();
    }
    if (possible && !certain) {
      byte[] mask = {(byte) flags.mask()};
      byte[] value = {(byte) flags.flags()};
      conditions.add(Compare.masked(Subjects.TCP_FLAGS, mask, value).negatedIf(not));
    }
  }

  private void addIpSet(Operand.IpSet set, boolean not) throws Refused {
    if (place == Place.STATEFUL) {
      throw new Refused("a bridge cannot look into ipsets");
    }
    // Behind a tag there is nothing to look into them with; see the technique's page.
    if (place == Place.MARKED) {
      conditions.add(new InIpSet(ipSets.index(set.name(), ipv4), set, not));
    }
  }

  private void addLimit(Match match, String set) throws Refused {
    if (place == Place.TAGGED) {
      return; // no connections are known there
    }
    if (!(match.operand() instanceof Operand.Number number) || number.from() > Integer.MAX_VALUE) {
      throw new Refused("a limit of connections cannot be " + match.operand());
    }
    Subject source = ipv4 ? Subjects.IPV4_SOURCE : Subjects.IPV6_SOURCE;
    boolean not = match.sense() == Match.Sense.IS_NOT;
    conditions.add(new Limit(comparison.port(), source, set, number.from(), not));
  }

  private void addConnection() {
    Step.Connection connection = rule.connection();
    if (place == Place.TAGGED) {
      return;
    }
    if (!connection.states().isEmpty()) {
      conditions.add(
          place == Place.HOST ? Marks.states(connection.states()) : states(connection.states()));
    }
    connection
        .way()
        .ifPresent(
            way -> {
              if (place == Place.HOST) {
                conditions.addAll(Marks.way(way));
              } else {
                conditions.add(way(way));
              }
            });
  }

  /** Says which packets are one of these to their connection: {@code NF_CT_STATE_BIT}. */
  static Condition states(Set<Step.State> states) {
    int bits = 0;
    for (Step.State state : states) {
      bits |=
          switch (state) {
            case INVALID -> 1;
            case ESTABLISHED -> 2;
            case RELATED -> 4;
            case NEW -> 8;
          };
    }
    return Compare.masked(Subjects.STATE, HostOrder.bytes(bits), HostOrder.bytes(0))
        .negatedIf(true);
  }

  /** Says which packets go one way in their connection. */
  static Condition way(Step.Way way) {
    return Compare.is(Subjects.WAY, way == Step.Way.REPLY ? 1 : 0);
  }

  static int etherType(boolean ipv4) {
    return (ipv4 ? Protocol.IP : Protocol.IPV6).etherType().orElseThrow();
  }

  /** Says which packets are of a protocol. */
  static List<Condition> protocol(boolean ipv4, int number) {
    if (ipv4) {
      return List.of(Compare.is(Subjects.IPV4_PROTOCOL, number));
    }
    // To the kernel the authentication header is one that leads to the protocol behind it.
    return List.of(Compare.is(number == AH ? Subjects.IPV6_NEXT : Subjects.IPV6_PROTOCOL, number));
  }

  /** Returns the number of a protocol (IANA); absent for all of a family. */
  private static Optional<Integer> number(Protocol protocol) {
    return switch (protocol) {
      case TCP, TCP_IPV6 -> Optional.of(6);
      case UDP, UDP_IPV6 -> Optional.of(17);
      case UDPLITE, UDPLITE_IPV6 -> Optional.of(136);
      case SCTP, SCTP_IPV6 -> Optional.of(132);
      case ICMP -> Optional.of(1);
      case IGMP -> Optional.of(2);
      case ESP, ESP_IPV6 -> Optional.of(50);
      case AH, AH_IPV6 -> Optional.of(AH);
      case ICMPV6 -> Optional.of(58);
      default -> Optional.empty();
    };
  }
}
