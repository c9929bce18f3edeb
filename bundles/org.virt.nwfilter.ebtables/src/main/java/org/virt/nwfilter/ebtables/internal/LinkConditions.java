package org.virt.nwfilter.ebtables.internal;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/** What a rule about frames looks at, in ebtables' words. */
final class LinkConditions {
  private static final Set<Integer> WITH_PORTS = Set.of(6, 17, 33, 132, 136);
  private static final Set<Field> PORTS = Set.of(Field.SOURCE_PORT, Field.DESTINATION_PORT);
  private static final int ICMPV6 = 58;
  private static final int ECN_VALUES = 4;

  private final Step.Rule rule;
  private final MacAddress own;
  private final Alternatives link = new Alternatives();
  private final Alternatives inner = new Alternatives();

  LinkConditions(Step.Rule rule, MacAddress own) throws Refused {
    this.rule = rule;
    this.own = own;
    List<Match> matches = rule.matches().stream().sorted(comparing(Match::field)).toList();
    for (Match match : matches) {
      if (match.field() == Field.ETHER_SOURCE || match.field() == Field.ETHER_DESTINATION) {
        mac(link, match.field() == Field.ETHER_SOURCE ? "-s" : "-d", match);
      } else if (match.field() != Field.ETHER_TYPE && !isIcmp(match)) {
        new FieldWords(rule.protocol(), match, own).addTo(inner);
      }
    }
    if (matches.stream().anyMatch(match -> PORTS.contains(match.field()))) {
      requirePorts();
    }
    icmp(matches);
  }

  /** Returns the conditions on the frame's own addresses. */
  Alternatives link() {
    return link;
  }

  /** Returns the conditions on what the frame carries. */
  Alternatives inner() {
    return inner;
  }

  /** Says whether nothing matches. */
  boolean isNever() {
    return link.isNever() || inner.isNever();
  }

  private void mac(Alternatives to, String option, Match match) throws Refused {
    FieldWords.mac(to, option, match, own);
  }

  /** Both directions of the bridge mark what has no ports; the kernel itself does not look. */
  private void requirePorts() throws Refused {
    boolean named =
        rule.matches().stream()
            .anyMatch(
                match ->
                    match.field() == Field.IP_PROTOCOL
                        && match.sense() == Match.Sense.IS
                        && match.operand() instanceof Operand.Number number
                        && number.from() == number.to()
                        && WITH_PORTS.contains((int) number.from()));
    if (!named) {
      throw new Refused("ports without a protocol that has them (tcp, udp, udplite, dccp, sctp)");
    }
    if (rule.protocol() == Protocol.IP) {
      inner.one(Marks.NO_LATER_FRAGMENT);
    }
  }

  private static boolean isIcmp(Match match) {
    return match.field() == Field.ICMP_TYPE || match.field() == Field.ICMP_CODE;
  }

  /** One option says type and code; what is not said is any. */
  private void icmp(List<Match> matches) throws Refused {
    if (matches.stream().noneMatch(LinkConditions::isIcmp)) {
      return;
    }
    if (rule.protocol() != Protocol.IPV6) {
      throw new Refused("ICMP types are not supported in " + rule.protocol().xmlName());
    }
    if (matches.stream().noneMatch(match -> match.field() == Field.IP_PROTOCOL)) {
      inner.one("--ip6-proto " + ICMPV6);
    }
    List<String> options = new ArrayList<>();
    for (Operand.Number type : ranges(matches, Field.ICMP_TYPE)) {
      for (Operand.Number code : ranges(matches, Field.ICMP_CODE)) {
        boolean any = code.from() == 0 && code.to() == FieldWords.BYTE;
        options.add(
            "--ip6-icmp-type "
                + FieldWords.range(type)
                + (any ? "" : "/" + FieldWords.range(code)));
      }
    }
    inner.any(options);
  }

  private static List<Operand.Number> ranges(List<Match> matches, Field field) throws Refused {
    List<Operand.Number> ranges = List.of(new Operand.Number(0, FieldWords.BYTE));
    for (Match match : matches) {
      if (match.field() == field && match.operand() instanceof Operand.Number number) {
        if (number.to() > FieldWords.BYTE) {
          throw new Refused(number.to() + " is too large for " + Words.of(field));
        }
        ranges =
            match.sense() == Match.Sense.IS
                ? List.of(number)
                : Numbers.others(number, FieldWords.BYTE);
      }
    }
    return ranges;
  }

  /** The tool compares the whole byte: DSCP stands above two bits of ECN (RFC 3168). */
  static List<String> dscp(long value) {
    List<String> options = new ArrayList<>(ECN_VALUES);
    for (long ecn = 0; ecn < ECN_VALUES; ecn++) {
      options.add(String.format("--ip-tos 0x%02x", value * ECN_VALUES + ecn));
    }
    return options;
  }
}
