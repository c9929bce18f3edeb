package org.virt.nwfilter.ebtables.internal;

import static java.util.Comparator.comparing;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/** What a rule about packets looks at, in the words of iptables and ip6tables. */
final class TransportWords {
  private static final Set<Field> BEHIND_HEADER =
      EnumSet.of(
          Field.SOURCE_PORT,
          Field.DESTINATION_PORT,
          Field.ICMP_TYPE,
          Field.ICMP_CODE,
          Field.TCP_FLAGS,
          Field.TCP_OPTION);

  /** iptables takes this type of ICMP for any. */
  private static final long ANY_TYPE = 255;

  private static final String NEVER = "SYN FIN";
  private static final List<String> FLAGS = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");
  private static final long SHORT = 0xffff;

  private final Step.Rule rule;
  private final MacAddress own;
  private final StringBuilder text = new StringBuilder();
  private boolean never;

  TransportWords(Step.Rule rule, MacAddress own) throws Refused {
    this.rule = rule;
    this.own = own;
    protocol();
    List<Match> matches = rule.matches().stream().sorted(comparing(Match::field)).toList();
    if (rule.protocol().layer() == Protocol.Layer.IPV4
        && matches.stream().anyMatch(match -> BEHIND_HEADER.contains(match.field()))) {
      text.append("! -f "); // a later fragment has none of these
    }
    for (Match match : matches) {
      if (match.field() != Field.ICMP_TYPE && match.field() != Field.ICMP_CODE) {
        add(match);
      }
    }
    icmp(matches);
    connection();
  }

  /** Returns what stands before {@code -j}, with a space at its end unless it is empty. */
  String text() {
    return text.toString();
  }

  /** Says whether nothing matches. */
  boolean isNever() {
    return never;
  }

  private void protocol() {
    text.append(
        switch (rule.protocol()) {
          case TCP, TCP_IPV6 -> "-p tcp ";
          case UDP, UDP_IPV6 -> "-p udp ";
          case UDPLITE, UDPLITE_IPV6 -> "-p udplite ";
          case SCTP, SCTP_IPV6 -> "-p sctp ";
          case ICMP -> "-p icmp ";
          case ICMPV6 -> "-p ipv6-icmp ";
          case IGMP -> "-p igmp ";
          case ESP, ESP_IPV6 -> "-p esp ";
          case AH -> "-p ah ";
          // An extension header for ip6tables, whose match of it drops packets with a broken one.
          case AH_IPV6 -> "-m u32 --u32 4>>8&0xFF=0x33 ";
          default -> "";
        });
  }

  private void add(Match match) throws Refused {
    boolean not = match.sense() == Match.Sense.IS_NOT;
    Operand operand = match.operand();
    String sense = not ? "! " : "";
    switch (match.field()) {
      case ETHER_SOURCE ->
          text.append("-m mac ").append(sense).append("--mac-source ").append(mac(operand));
      case IP_SOURCE -> address(match, sense, "-s", "--src-range");
      case IP_DESTINATION -> address(match, sense, "-d", "--dst-range");
      case IP_DSCP ->
          text.append("-m dscp ").append(sense).append("--dscp ").append(single(match, 63));
      case SOURCE_PORT -> ports(match, sense, "sport");
      case DESTINATION_PORT -> ports(match, sense, "dport");
      case TCP_FLAGS -> text.append(sense).append("--tcp-flags ").append(flags(match));
      case TCP_OPTION ->
          text.append(sense).append("--tcp-option ").append(single(match, FieldWords.BYTE));
      case CONNECTION_LIMIT -> {
        String option = not ? "--connlimit-upto " : "--connlimit-above ";
        text.append("-m connlimit ").append(option).append(single(match, Integer.MAX_VALUE));
      }
      case IP_SET -> text.append("-m set ").append(sense).append("--match-set ").append(set(match));
      default ->
          throw new Refused(
              Words.of(match.field()) + " is not supported in " + rule.protocol().xmlName());
    }
    if (text.length() > 0 && text.charAt(text.length() - 1) != ' ') {
      text.append(' ');
    }
  }

  private String mac(Operand operand) throws Refused {
    if (operand instanceof Operand.PortMac) {
      return own.toString();
    }
    if (operand instanceof Operand.Mac mac && mac.mask().equals(Operand.Mac.WHOLE)) {
      return mac.value().toString();
    }
    throw new Refused("iptables compares whole MAC addresses, not " + operand);
  }

  private void address(Match match, String sense, String option, String range) throws Refused {
    int bytes = rule.protocol().layer() == Protocol.Layer.IPV4 ? 4 : 16;
    if (match.operand() instanceof Operand.Net net && net.address().getAddress().length == bytes) {
      if (net.prefix() > 0) {
        text.append(sense).append(option).append(' ');
        text.append(net.address().getHostAddress()).append('/').append(net.prefix());
      } else {
        never |= !sense.isEmpty();
      }
    } else if (match.operand() instanceof Operand.NetRange addresses
        && addresses.from().getAddress().length == bytes
        && addresses.to().getAddress().length == bytes) {
      text.append("-m iprange ").append(sense).append(range).append(' ');
      text.append(addresses.from().getHostAddress()).append('-');
      text.append(addresses.to().getHostAddress());
    } else {
      throw new Refused(Words.of(match.field()) + " cannot be compared with " + match.operand());
    }
  }

  private void ports(Match match, String sense, String option) throws Refused {
    Operand.Number ports = number(match, SHORT);
    if (rule.protocol() == Protocol.UDPLITE || rule.protocol() == Protocol.UDPLITE_IPV6) {
      text.append("-m multiport ").append(sense).append("--").append(option).append("s ");
    } else {
      text.append(sense).append("--").append(option).append(' ');
    }
    text.append(FieldWords.range(ports));
  }

  private static Operand.Number number(Match match, long largest) throws Refused {
    if (match.operand() instanceof Operand.Number number) {
      if (number.to() <= largest) {
        return number;
      }
      throw new Refused(number.to() + " is too large for " + Words.of(match.field()));
    }
    throw new Refused(Words.of(match.field()) + " cannot be compared with " + match.operand());
  }

  private static long single(Match match, long largest) throws Refused {
    Operand.Number number = number(match, largest);
    if (number.from() != number.to()) {
      throw new Refused("iptables takes one value for " + Words.of(match.field()) + ", no range");
    }
    return number.from();
  }

  private static String flags(Match match) throws Refused {
    if (match.operand() instanceof Operand.TcpFlags flags) {
      boolean never = flags.mask() == 0 && flags.flags() != 0;
      // Without a mask iptables-nft leaves the condition out, and what never matches always would.
      return never ? NEVER : flags(flags.mask()) + ' ' + flags(flags.flags());
    }
    throw new Refused("tcp flags cannot be compared with " + match.operand());
  }

  private static String flags(int bits) {
    String names =
        Stream.iterate(0, i -> i < FLAGS.size(), i -> i + 1)
            .filter(i -> (bits >> i & 1) == 1)
            .map(FLAGS::get)
            .collect(Collectors.joining(","));
    return names.isEmpty() ? "NONE" : names;
  }

  private static String set(Match match) throws Refused {
    if (match.operand() instanceof Operand.IpSet set) {
      String sides =
          set.source().stream()
              .map(source -> source ? "src" : "dst")
              .collect(Collectors.joining(","));
      return Words.quoted(set.name()) + ' ' + sides;
    }
    throw new Refused("ip set cannot be compared with " + match.operand());
  }

  /** One option says type and code, and nothing says a code of any type, or of all but one. */
  private void icmp(List<Match> matches) throws Refused {
    List<Match> types = matches.stream().filter(m -> m.field() == Field.ICMP_TYPE).toList();
    List<Match> codes = matches.stream().filter(m -> m.field() == Field.ICMP_CODE).toList();
    if (types.isEmpty() && codes.isEmpty()) {
      return;
    }
    if (types.size() > 1 || codes.size() > 1) {
      throw new Refused("two ICMP types, or two codes");
    }
    long type = types.isEmpty() ? ANY_TYPE : single(types.get(0), FieldWords.BYTE);
    boolean apart = types.isEmpty() || isNot(types) || type == ANY_TYPE;
    if (rule.protocol() == Protocol.ICMP && apart) {
      icmpApart(types, codes, type);
      return;
    }
    if (!codes.isEmpty() && (types.isEmpty() || isNot(types))) {
      throw new Refused("an ICMPv6 code without a type, or of any type but one");
    }
    String option = rule.protocol() == Protocol.ICMPV6 ? "--icmpv6-type " : "--icmp-type ";
    if (codes.isEmpty()) {
      text.append(isNot(types) ? "! " : "").append(option).append(type).append(' ');
      return;
    }
    if (isNot(codes)) {
      String module = rule.protocol() == Protocol.ICMPV6 ? "-m icmp6 " : "-m icmp ";
      text.append(option).append(type).append(' ');
      text.append(module).append("! ");
    }
    long code = single(codes.get(0), FieldWords.BYTE);
    text.append(option).append(type).append('/').append(code).append(' ');
  }

  /**
   * IPv4 says how long its header is, so that u32 finds type and code. iptables takes type 255 for
   * any, and still keeps later fragments out, which have no type.
   */
  private void icmpApart(List<Match> types, List<Match> codes, long type) throws Refused {
    if (type == ANY_TYPE) {
      text.append("--icmp-type 255 ");
      if (!types.isEmpty()) {
        text.append("-m u32 ").append(isNot(types) ? "! " : "");
        text.append("--u32 0>>22&0x3C@0>>24=0xFF ");
      }
    } else {
      text.append("! --icmp-type ").append(type).append(' ');
    }
    if (!codes.isEmpty()) {
      text.append("-m u32 ").append(isNot(codes) ? "! " : "");
      long code = single(codes.get(0), FieldWords.BYTE);
      text.append(String.format("--u32 0>>22&0x3C@0>>16&0xFF=0x%02X ", code));
    }
  }

  private static boolean isNot(List<Match> matches) {
    return !matches.isEmpty() && matches.get(0).sense() == Match.Sense.IS_NOT;
  }

  private void connection() {
    Step.Connection connection = rule.connection();
    if (connection.equals(Step.Connection.ANY)) {
      return;
    }
    text.append("-m conntrack ");
    if (!connection.states().isEmpty()) {
      String states =
          Stream.of(Step.State.values())
              .filter(connection.states()::contains)
              .map(Enum::name)
              .collect(Collectors.joining(","));
      text.append("--ctstate ").append(states).append(' ');
    }
    connection.way().ifPresent(way -> text.append("--ctdir ").append(way.name()).append(' '));
  }
}
