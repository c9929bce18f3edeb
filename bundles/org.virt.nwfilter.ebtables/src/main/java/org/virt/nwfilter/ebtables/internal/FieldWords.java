package org.virt.nwfilter.ebtables.internal;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;

/** One condition on what a frame carries, in ebtables' words. */
final class FieldWords {
  static final long BYTE = 0xff;
  private static final long SHORT = 0xffff;
  private static final long VLAN_IDS = 0xfff;
  private static final long DSCP = 0x3f;

  private static final Map<Protocol, Map<Field, Word>> BY_PROTOCOL = new EnumMap<>(Protocol.class);

  static {
    BY_PROTOCOL.put(
        Protocol.VLAN,
        Map.of(
            Field.VLAN_ID, Word.single("--vlan-id", VLAN_IDS),
            Field.VLAN_ENCAPSULATED, Word.hex("--vlan-encap", SHORT)));
    Map<Field, Word> arp =
        Map.of(
            Field.ARP_HARDWARE_TYPE, Word.single("--arp-htype", SHORT),
            Field.ARP_PROTOCOL_TYPE, Word.hex("--arp-ptype", SHORT),
            Field.ARP_OPERATION, Word.single("--arp-op", SHORT),
            Field.ARP_SENDER_MAC, Word.single("--arp-mac-src", 0),
            Field.ARP_TARGET_MAC, Word.single("--arp-mac-dst", 0),
            Field.ARP_SENDER_IP, Word.single("--arp-ip-src", 0),
            Field.ARP_TARGET_IP, Word.single("--arp-ip-dst", 0),
            Field.ARP_GRATUITOUS, Word.single("--arp-gratuitous", 0));
    BY_PROTOCOL.put(Protocol.ARP, arp);
    BY_PROTOCOL.put(Protocol.RARP, arp);
    BY_PROTOCOL.put(
        Protocol.IP,
        Map.of(
            Field.IP_SOURCE, Word.single("--ip-src", 0),
            Field.IP_DESTINATION, Word.single("--ip-dst", 0),
            Field.IP_PROTOCOL, Word.single("--ip-proto", BYTE),
            Field.IP_DSCP, Word.single("--ip-tos", DSCP),
            Field.SOURCE_PORT, Word.range("--ip-sport", SHORT),
            Field.DESTINATION_PORT, Word.range("--ip-dport", SHORT)));
    BY_PROTOCOL.put(
        Protocol.IPV6,
        Map.of(
            Field.IP_SOURCE, Word.single("--ip6-src", 0),
            Field.IP_DESTINATION, Word.single("--ip6-dst", 0),
            Field.IP_PROTOCOL, Word.single("--ip6-proto", BYTE),
            Field.SOURCE_PORT, Word.range("--ip6-sport", SHORT),
            Field.DESTINATION_PORT, Word.range("--ip6-dport", SHORT)));
  }

  private final Match match;
  private final MacAddress own;
  private final Word word;
  private final boolean not;

  /**
   * An option.
   *
   * @param largest largest number that it takes
   * @param ranges whether it takes ranges of numbers
   * @param hex whether numbers are written with base 16
   */
  private record Word(String option, long largest, boolean ranges, boolean hex) {
    static Word single(String option, long largest) {
      return new Word(option, largest, false, false);
    }

    static Word hex(String option, long largest) {
      return new Word(option, largest, false, true);
    }

    static Word range(String option, long largest) {
      return new Word(option, largest, true, false);
    }
  }

  FieldWords(Protocol protocol, Match match, MacAddress own) throws Refused {
    this.match = match;
    this.own = own;
    word = BY_PROTOCOL.getOrDefault(protocol, Map.of()).get(match.field());
    not = match.sense() == Match.Sense.IS_NOT;
    if (protocol == Protocol.STP) {
      throw new Refused(
          Words.of(match.field()) + ": the kernel's ebt_stp reads BPDUs one byte too early");
    }
    if (word == null) {
      throw new Refused(Words.of(match.field()) + " is not supported in " + protocol.xmlName());
    }
  }

  void addTo(Alternatives to) throws Refused {
    Operand operand = match.operand();
    if (operand instanceof Operand.Number number && word.largest() > 0) {
      number(to, number);
    } else if ((operand instanceof Operand.Mac || operand instanceof Operand.PortMac)
        && takesMac()) {
      mac(to, word.option(), match, own);
    } else if (operand instanceof Operand.Net net
        && bits() == 8 * net.address().getAddress().length) {
      net(to, net);
    } else if (operand instanceof Operand.NetRange range
        && bits() == 8 * range.from().getAddress().length
        && bits() == 8 * range.to().getAddress().length) {
      List<String> prefixes = not ? Numbers.otherPrefixes(range) : Numbers.prefixes(range);
      to.any(prefixes.stream().map(prefix -> word.option() + ' ' + prefix).toList());
    } else if (operand instanceof Operand.Flag && match.field() == Field.ARP_GRATUITOUS) {
      to.one((not ? "! " : "") + word.option());
    } else {
      throw new Refused(Words.of(match.field()) + " cannot be compared with " + operand);
    }
  }

  private boolean takesMac() {
    return switch (match.field()) {
      case ARP_SENDER_MAC, ARP_TARGET_MAC -> true;
      default -> false;
    };
  }

  private int bits() {
    return switch (match.field()) {
      case ARP_SENDER_IP, ARP_TARGET_IP -> 32;
      case IP_SOURCE, IP_DESTINATION -> word.option().startsWith("--ip6") ? 128 : 32;
      default -> 0;
    };
  }

  private void number(Alternatives to, Operand.Number number) throws Refused {
    if (number.to() > word.largest()) {
      throw new Refused(number.to() + " is too large for " + Words.of(match.field()));
    }
    if (number.from() == 0 && number.to() == word.largest()) {
      if (not) {
        to.never();
      }
    } else if (match.field() == Field.IP_DSCP) {
      dscp(to, number);
    } else if (word.ranges()) {
      to.one(word.option() + (not ? " ! " : " ") + range(number));
    } else if (number.from() == number.to()) {
      to.one(word.option() + (not ? " ! " : " ") + text(number.from()));
    } else {
      throw new Refused("ebtables takes one value for " + Words.of(match.field()) + ", no range");
    }
  }

  private void dscp(Alternatives to, Operand.Number number) {
    List<String> options =
        java.util.stream.LongStream.rangeClosed(number.from(), number.to())
            .boxed()
            .flatMap(value -> LinkConditions.dscp(value).stream())
            .toList();
    if (not) {
      to.noneOf(options);
    } else {
      to.any(options);
    }
  }

  private String text(long number) {
    return word.hex() ? String.format("0x%04x", number) : Long.toString(number);
  }

  static String range(Operand.Number number) {
    return number.from() == number.to()
        ? Long.toString(number.from())
        : number.from() + ":" + number.to();
  }

  private void net(Alternatives to, Operand.Net net) {
    if (net.prefix() > 0) {
      String address = net.address().getHostAddress() + "/" + net.prefix();
      to.one(word.option() + (not ? " ! " : " ") + address);
    } else if (not) {
      to.never();
    } else if (match.field() == Field.ARP_SENDER_IP || match.field() == Field.ARP_TARGET_IP) {
      to.one(word.option() + " 0.0.0.0/0"); // the field is there only in ARP for IPv4
    }
  }

  /** Adds a condition on a MAC address. */
  static void mac(Alternatives to, String option, Match match, MacAddress own) throws Refused {
    Operand.Mac mac =
        match.operand() instanceof Operand.PortMac
            ? new Operand.Mac(own, Operand.Mac.WHOLE)
            : match.operand() instanceof Operand.Mac given ? given : null;
    if (mac == null) {
      throw new Refused(Words.of(match.field()) + " cannot be compared with " + match.operand());
    }
    boolean not = match.sense() == Match.Sense.IS_NOT;
    if (mac.mask().value() == 0) {
      if (not) {
        to.never();
      }
      return;
    }
    boolean whole = mac.mask().equals(Operand.Mac.WHOLE);
    MacAddress kept = new MacAddress(mac.value().value() & mac.mask().value());
    to.one(option + (not ? " ! " : " ") + kept + (whole ? "" : "/" + mac.mask()));
  }
}
