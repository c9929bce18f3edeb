package org.virt.nwfilter.nftables.internal;

import static org.virt.nwfilter.nftables.internal.Subject.Base.CONNECTION;
import static org.virt.nwfilter.nftables.internal.Subject.Base.LINK;
import static org.virt.nwfilter.nftables.internal.Subject.Base.META;
import static org.virt.nwfilter.nftables.internal.Subject.Base.NETWORK;
import static org.virt.nwfilter.nftables.internal.Subject.Base.TRANSPORT;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.virt.nwfilter.nftables.internal.Subject.Style;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Protocol;

/** Where each field of each protocol stands in a frame. */
final class Subjects {
  static final Subject ETHER_SOURCE = Subject.of("ether saddr", LINK, 6, 6, Style.MAC);
  static final Subject ETHER_DESTINATION = Subject.of("ether daddr", LINK, 0, 6, Style.MAC);

  /** The type as it is on the wire: 0x8100 for a frame with a tag. */
  static final Subject WIRE_TYPE = Subject.of("ether type", LINK, 12, 2, Style.HEX);

  /** The type behind one tag, if there is one: the kernel keeps the outer tag apart. */
  static final Subject INNER_TYPE = Subject.of("meta protocol", META, 1, 2, Style.HEX);

  static final Subject IN_INDEX = Subject.of("iif", META, 4, 4, Style.HOST);
  static final Subject OUT_INDEX = Subject.of("oif", META, 5, 4, Style.HOST);
  static final Subject IN_GROUP = Subject.of("iifgroup", META, 21, 4, Style.HOST);
  static final Subject OUT_GROUP = Subject.of("oifgroup", META, 22, 4, Style.HOST);
  static final Subject IPV6_PROTOCOL = Subject.of("meta l4proto", META, 16, 1, Style.DECIMAL);

  static final Subject PROCESSOR = Subject.of("meta cpu", META, 20, 4, Style.HOST);
  static final Subject MARK = Subject.of("meta mark", META, 3, 4, Style.HOST);
  static final Subject IN_TYPE = Subject.of("meta iiftype", META, 8, 2, Style.HOST);
  static final Subject OUT_KIND = Subject.of("meta oifkind", META, 27, 16, Style.TEXT);
  static final Subject STATE = Subject.of("ct state", CONNECTION, 0, 4, Style.HOST);
  static final Subject WAY = Subject.of("ct direction", CONNECTION, 1, 1, Style.DECIMAL);
  static final Subject IPV4_PROTOCOL = Subject.of("ip protocol", NETWORK, 9, 1, Style.DECIMAL);
  static final Subject IPV4_SOURCE = Subject.of("ip saddr", NETWORK, 12, 4, Style.ADDRESS);
  static final Subject IPV6_SOURCE = Subject.of("ip6 saddr", NETWORK, 8, 16, Style.ADDRESS);
  static final Subject IPV6_NEXT = Subject.of("ip6 nexthdr", NETWORK, 6, 1, Style.DECIMAL);
  static final Subject TCP_FLAGS = Subject.of("tcp flags", TRANSPORT, 13, 1, Style.DECIMAL);

  /** Where a fragment belongs in its packet, in units of 8 bytes. */
  static final Subject FRAGMENT_OFFSET =
      new Subject("ip frag-off & 0x1fff", NETWORK, 6, 2, 0x1fff, 0, Style.DECIMAL);

  static final Subject ARP_HARDWARE_LENGTH = Subject.of("arp hlen", NETWORK, 4, 1, Style.DECIMAL);
  static final Subject ARP_PROTOCOL_LENGTH = Subject.of("arp plen", NETWORK, 5, 1, Style.DECIMAL);
  static final Subject RARP_HARDWARE_LENGTH = Subject.raw(NETWORK, 4, 1);
  static final Subject RARP_LENGTHS = Subject.raw(NETWORK, 4, 2);

  /** Type of the protocol's addresses and both lengths. */
  static final Subject RARP_IPV4 = Subject.raw(NETWORK, 2, 4);

  /** Both types and both lengths. */
  static final Subject RARP_KINDS = Subject.raw(NETWORK, 0, 6);

  /** DSAP, SSAP and control byte of the LLC header. */
  static final Subject LLC = Subject.raw(NETWORK, 0, 3);

  private static final Map<Field, Subject> ICMP =
      Map.of(
          Field.ICMP_TYPE,
          Subject.of("icmp type", TRANSPORT, 0, 1, Style.DECIMAL),
          Field.ICMP_CODE,
          Subject.of("icmp code", TRANSPORT, 1, 1, Style.DECIMAL));
  private static final Map<Field, Subject> COMMON = new EnumMap<>(Field.class);
  private static final Map<Protocol, Map<Field, Subject>> BY_PROTOCOL =
      new EnumMap<>(Protocol.class);

  static {
    COMMON.put(Field.ETHER_SOURCE, ETHER_SOURCE);
    COMMON.put(Field.ETHER_DESTINATION, ETHER_DESTINATION);
    BY_PROTOCOL.put(Protocol.MAC, Map.of(Field.ETHER_TYPE, INNER_TYPE));
    BY_PROTOCOL.put(
        Protocol.VLAN,
        Map.of(
            Field.VLAN_ID,
            new Subject("vlan id", LINK, 14, 2, 0x0fff, 0, Style.DECIMAL),
            Field.VLAN_ENCAPSULATED,
            Subject.of("vlan type", LINK, 16, 2, Style.HEX)));
    BY_PROTOCOL.put(Protocol.STP, stp());
    BY_PROTOCOL.put(Protocol.ARP, arp());
    BY_PROTOCOL.put(Protocol.RARP, rarp());
    BY_PROTOCOL.put(Protocol.IP, ipv4());
    BY_PROTOCOL.put(Protocol.IPV6, ipv6());
  }

  private Subjects() {}

  static Subject icmpType(boolean ipv4) {
    return findTransport(ipv4, Field.ICMP_TYPE).orElseThrow();
  }

  static Subject icmpCode(boolean ipv4) {
    return findTransport(ipv4, Field.ICMP_CODE).orElseThrow();
  }

  /** Finds a field of a protocol above IPv4 or IPv6. */
  static Optional<Subject> findTransport(boolean ipv4, Field field) {
    return ipv4 && ICMP.containsKey(field)
        ? Optional.of(ICMP.get(field))
        : find(ipv4 ? Protocol.IP : Protocol.IPV6, field);
  }

  static Optional<Subject> find(Protocol protocol, Field field) {
    Subject common = COMMON.get(field);
    Map<Field, Subject> own = BY_PROTOCOL.getOrDefault(protocol, Map.of());
    return Optional.ofNullable(common != null ? common : own.get(field));
  }

  /** IEEE 802.1D, 9.3.1, behind three bytes of LLC. */
  private static Map<Field, Subject> stp() {
    Map<Field, Subject> fields = new EnumMap<>(Field.class);
    fields.put(Field.STP_TYPE, Subject.raw(NETWORK, 6, 1));
    fields.put(Field.STP_FLAGS, Subject.raw(NETWORK, 7, 1));
    fields.put(Field.STP_ROOT_PRIORITY, Subject.raw(NETWORK, 8, 2));
    fields.put(Field.STP_ROOT_ADDRESS, Subject.raw(NETWORK, 10, 6));
    fields.put(Field.STP_ROOT_COST, Subject.raw(NETWORK, 16, 4));
    fields.put(Field.STP_SENDER_PRIORITY, Subject.raw(NETWORK, 20, 2));
    fields.put(Field.STP_SENDER_ADDRESS, Subject.raw(NETWORK, 22, 6));
    fields.put(Field.STP_PORT, Subject.raw(NETWORK, 28, 2));
    fields.put(Field.STP_MESSAGE_AGE, Subject.raw(NETWORK, 30, 2));
    fields.put(Field.STP_MAX_AGE, Subject.raw(NETWORK, 32, 2));
    fields.put(Field.STP_HELLO_TIME, Subject.raw(NETWORK, 34, 2));
    fields.put(Field.STP_FORWARD_DELAY, Subject.raw(NETWORK, 36, 2));
    return fields;
  }

  /** RFC 826, for Ethernet and IPv4. */
  private static Map<Field, Subject> arp() {
    Map<Field, Subject> fields = new EnumMap<>(Field.class);
    fields.put(Field.ARP_HARDWARE_TYPE, Subject.of("arp htype", NETWORK, 0, 2, Style.DECIMAL));
    fields.put(Field.ARP_PROTOCOL_TYPE, Subject.of("arp ptype", NETWORK, 2, 2, Style.HEX));
    fields.put(Field.ARP_OPERATION, Subject.of("arp operation", NETWORK, 6, 2, Style.DECIMAL));
    fields.put(Field.ARP_SENDER_MAC, Subject.of("arp saddr ether", NETWORK, 8, 6, Style.MAC));
    fields.put(Field.ARP_SENDER_IP, Subject.of("arp saddr ip", NETWORK, 14, 4, Style.ADDRESS));
    fields.put(Field.ARP_TARGET_MAC, Subject.of("arp daddr ether", NETWORK, 18, 6, Style.MAC));
    fields.put(Field.ARP_TARGET_IP, Subject.of("arp daddr ip", NETWORK, 24, 4, Style.ADDRESS));
    return fields;
  }

  /** RFC 903: as ARP, but nft knows no names for it. */
  private static Map<Field, Subject> rarp() {
    Map<Field, Subject> fields = new EnumMap<>(Field.class);
    arp().forEach((field, s) -> fields.put(field, Subject.raw(s.base(), s.offset(), s.length())));
    return fields;
  }

  /** RFC 791. */
  private static Map<Field, Subject> ipv4() {
    Map<Field, Subject> fields = transport();
    fields.put(Field.IP_DSCP, new Subject("ip dscp", NETWORK, 1, 1, 0xfc, 2, Style.DECIMAL));
    fields.put(Field.IP_PROTOCOL, IPV4_PROTOCOL);
    fields.put(Field.IP_SOURCE, IPV4_SOURCE);
    fields.put(Field.IP_DESTINATION, Subject.of("ip daddr", NETWORK, 16, 4, Style.ADDRESS));
    return fields;
  }

  /** RFC 8200; the protocol is that behind the extension headers. */
  private static Map<Field, Subject> ipv6() {
    Map<Field, Subject> fields = transport();
    fields.put(Field.IP_DSCP, new Subject("ip6 dscp", NETWORK, 0, 2, 0x0fc0, 6, Style.DECIMAL));
    fields.put(Field.IP_PROTOCOL, IPV6_PROTOCOL);
    fields.put(Field.IP_SOURCE, IPV6_SOURCE);
    fields.put(Field.IP_DESTINATION, Subject.of("ip6 daddr", NETWORK, 24, 16, Style.ADDRESS));
    fields.put(Field.ICMP_TYPE, Subject.of("icmpv6 type", TRANSPORT, 0, 1, Style.DECIMAL));
    fields.put(Field.ICMP_CODE, Subject.of("icmpv6 code", TRANSPORT, 1, 1, Style.DECIMAL));
    return fields;
  }

  private static Map<Field, Subject> transport() {
    Map<Field, Subject> fields = new EnumMap<>(Field.class);
    fields.put(Field.SOURCE_PORT, Subject.of("th sport", TRANSPORT, 0, 2, Style.DECIMAL));
    fields.put(Field.DESTINATION_PORT, Subject.of("th dport", TRANSPORT, 2, 2, Style.DECIMAL));
    return fields;
  }
}
