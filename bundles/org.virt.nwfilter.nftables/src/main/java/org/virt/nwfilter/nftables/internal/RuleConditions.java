package org.virt.nwfilter.nftables.internal;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * The conditions of one rule.
 *
 * <p>A VLAN tag hides nothing: rules that drop look at the type behind the tag. It opens nothing
 * either: a rule that accepts a protocol accepts it without a tag only, for else a guest could
 * reach every VLAN of the bridge.
 */
final class RuleConditions {
  static final Compare BRIDGE_GROUP =
      Compare.is(Subjects.ETHER_DESTINATION, MacAddress.parse("01:80:c2:00:00:00").bytes());

  private static final int STP_SAP = 0x424203;
  private static final int ARP_LENGTHS = 0x0604;
  private static final int ICMPV6 = 58;
  private static final Set<Integer> WITH_PORTS = Set.of(6, 17, 33, 132, 136);
  private static final int ETHERNET = 1;
  private static final int IPV4 = 0x0800;
  private static final int IPV4_LENGTHS = IPV4 << 16 | ARP_LENGTHS;
  private static final Set<Field> ARP_MACS = EnumSet.of(Field.ARP_SENDER_MAC, Field.ARP_TARGET_MAC);
  private static final Set<Field> TARGET_MAC = EnumSet.of(Field.ARP_TARGET_MAC);
  private static final Set<Field> ARP_IPS =
      EnumSet.of(Field.ARP_SENDER_IP, Field.ARP_TARGET_IP, Field.ARP_GRATUITOUS);
  private static final Set<Field> PORTS = EnumSet.of(Field.SOURCE_PORT, Field.DESTINATION_PORT);
  private static final Set<Field> ICMP = EnumSet.of(Field.ICMP_TYPE, Field.ICMP_CODE);

  private final Step.Rule rule;
  private final Comparison comparison;
  private final boolean opens;
  private final List<Condition> conditions = new ArrayList<>();

  /** The rule cannot be said exactly; the message says why. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** The rule can match no frame. */
  static final class Never extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Takes a rule.
   *
   * @param ofOneProtocol whether its chain is for frames of one protocol
   */
  RuleConditions(Step.Rule rule, Comparison comparison, boolean ofOneProtocol) {
    this.rule = rule;
    this.comparison = comparison;
    opens =
        rule.action() == Step.Action.ACCEPT
            || rule.action() == Step.Action.RETURN && !ofOneProtocol;
  }

  List<Condition> conditions() throws Refused, Never {
    if (rule.protocol().layer() != Protocol.Layer.LINK) {
      throw new Refused("rules about " + rule.protocol().xmlName() + " are not supported");
    }
    // nft 1.0.6 fails on printing bytes without a name behind a protocol that it does not know:
    // there that goes last.
    boolean typeLast = rule.protocol() == Protocol.RARP || rule.protocol() == Protocol.STP;
    if (!typeLast) {
      addProtocol();
    }
    addRequirements();
    for (Match match : rule.matches().stream().sorted(comparing(Match::field)).toList()) {
      if (match.field() != Field.ARP_GRATUITOUS) {
        add(match);
      }
    }
    if (typeLast) {
      addProtocol();
    }
    return List.copyOf(conditions);
  }

  private void addProtocol() {
    switch (rule.protocol()) {
      case STP -> conditions.add(Compare.is(Subjects.INNER_TYPE, EtherType.LLC));
      case VLAN -> conditions.add(Compare.is(Subjects.WIRE_TYPE, EtherType.VLAN));
      default ->
          rule.protocol()
              .etherType()
              .ifPresent(type -> conditions.add(Compare.is(typeSubject(type, false), type)));
    }
  }

  /** What must be so for the fields to stand where they are looked for. */
  private void addRequirements() throws Refused {
    if (rule.protocol() == Protocol.STP) {
      conditions.add(BRIDGE_GROUP);
      conditions.add(Compare.is(Subjects.LLC, STP_SAP));
    }
    addArpRequirements();
    if (uses(PORTS) && rule.matches().stream().noneMatch(RuleConditions::namesProtocolWithPorts)) {
      throw new Refused("ports without a protocol that has them");
    }
    if (uses(PORTS) && rule.protocol() == Protocol.IP) {
      // The kernel's short way to the ports does not look whether a later fragment has any.
      conditions.add(Compare.is(Subjects.FRAGMENT_OFFSET, 0));
    }
    if (uses(ICMP)
        && rule.matches().stream().noneMatch(match -> match.field() == Field.IP_PROTOCOL)) {
      conditions.add(Compare.is(Subjects.IPV6_PROTOCOL, ICMPV6));
    }
  }

  /**
   * The kinds of addresses and their lengths, as the kernel's match of ebtables wants them: the
   * sender's MAC address stands before all that depends on a length of the protocol's addresses.
   */
  private void addArpRequirements() throws Refused {
    boolean macs = uses(ARP_MACS);
    boolean ips = uses(ARP_IPS);
    if (!macs && !ips) {
      return;
    }
    boolean senderOnly = !ips && !uses(TARGET_MAC);
    if (rule.protocol() == Protocol.RARP) {
      addRarpRequirements(macs, ips, senderOnly);
      return;
    }
    if (macs) {
      conditions.add(Compare.is(subject(Field.ARP_HARDWARE_TYPE), ETHERNET));
    }
    if (ips) {
      conditions.add(Compare.is(subject(Field.ARP_PROTOCOL_TYPE), IPV4));
    }
    conditions.add(Compare.is(Subjects.ARP_HARDWARE_LENGTH, ARP_LENGTHS >>> Byte.SIZE));
    if (!senderOnly) {
      conditions.add(Compare.is(Subjects.ARP_PROTOCOL_LENGTH, ARP_LENGTHS & 0xff));
    }
  }

  /** Bytes without names that follow each other are one comparison, as nft makes of them. */
  private void addRarpRequirements(boolean macs, boolean ips, boolean senderOnly) throws Refused {
    if (macs && ips) {
      conditions.add(Compare.is(Subjects.RARP_KINDS, (long) ETHERNET << 32 | IPV4_LENGTHS));
    } else if (ips) {
      conditions.add(Compare.is(Subjects.RARP_IPV4, IPV4_LENGTHS));
    } else {
      conditions.add(Compare.is(subject(Field.ARP_HARDWARE_TYPE), ETHERNET));
      conditions.add(
          senderOnly
              ? Compare.is(Subjects.RARP_HARDWARE_LENGTH, ARP_LENGTHS >>> Byte.SIZE)
              : Compare.is(Subjects.RARP_LENGTHS, ARP_LENGTHS));
    }
  }

  private boolean uses(Set<Field> fields) {
    return rule.matches().stream().anyMatch(match -> fields.contains(match.field()));
  }

  private static boolean namesProtocolWithPorts(Match match) {
    return match.field() == Field.IP_PROTOCOL
        && match.sense() == Match.Sense.IS
        && match.operand() instanceof Operand.Number number
        && number.from() == number.to()
        && WITH_PORTS.contains((int) number.from());
  }

  private void add(Match match) throws Refused, Never {
    Subject subject = subject(match.field());
    if (match.field() == Field.ETHER_TYPE && match.operand() instanceof Operand.Number number) {
      subject = typeSubject(number.from(), match.sense() == Match.Sense.IS_NOT);
    }
    comparison.of(match, subject).ifPresent(conditions::add);
  }

  private Subject subject(Field field) throws Refused {
    return Subjects.find(rule.protocol(), field)
        .orElseThrow(
            () ->
                new Refused(
                    Comparison.name(field) + " is not supported in " + rule.protocol().xmlName()));
  }

  /**
   * Says which type is meant. A positive rule that lets pass means frames without a tag; so does a
   * negative one that drops: a tagged frame is something else. All others look behind the tag.
   */
  private Subject typeSubject(long type, boolean not) {
    boolean tag = type == EtherType.VLAN || type == EtherType.PROVIDER_VLAN;
    boolean drops = rule.action() == Step.Action.DROP || rule.action() == Step.Action.REJECT;
    boolean strict = not ? drops : opens;
    return tag || strict ? Subjects.WIRE_TYPE : Subjects.INNER_TYPE;
  }
}
