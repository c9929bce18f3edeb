package org.virt.nwfilter.internal.xml;

import static org.virt.nwfilter.internal.xml.AddressType.IPV4;
import static org.virt.nwfilter.internal.xml.AddressType.IPV4_MASK;
import static org.virt.nwfilter.internal.xml.AddressType.IPV6;
import static org.virt.nwfilter.internal.xml.AddressType.IPV6_MASK;
import static org.virt.nwfilter.internal.xml.AddressType.MAC;
import static org.virt.nwfilter.internal.xml.AddressType.MAC_MASK;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Protocol;

/**
 * What can be said about each protocol (libvirt's formatnwfilter, "Supported protocols"), in the
 * order in which libvirt prints it.
 */
public final class Vocabulary {
  private static final Map<Protocol, List<Condition>> CONDITIONS = new EnumMap<>(Protocol.class);

  static {
    for (Protocol protocol : Protocol.values()) {
      CONDITIONS.put(protocol, List.copyOf(conditionsOf(protocol)));
    }
  }

  private Vocabulary() {}

  /** How the attributes of a condition become a match. */
  public enum Shape {
    /** Address, mask. */
    MAC,
    /** Address, mask. */
    NET,
    /** First and last address. */
    NET_RANGE,
    /** One number, or the first and the last one. */
    NUMBER,
    /** True for a condition. */
    FLAG,
    TCP_FLAGS,
    /** Name, flags. */
    IP_SET,
    /** Not about the frame but about its connection. */
    STATES,
    /** Not a condition. */
    COMMENT
  }

  /**
   * An attribute.
   *
   * @param alias another name that is read, never printed; empty for none
   */
  public record AttributeSpec(String name, String alias, ValueType type) {
    boolean isCalled(String text) {
      return name.equals(text) || !alias.isEmpty() && alias.equals(text);
    }
  }

  /**
   * A condition and the attributes that it is written with, the first one needed by the others.
   *
   * @param field absent for states and comments
   */
  public record Condition(Shape shape, Optional<Field> field, List<AttributeSpec> attributes) {
    public Condition {
      attributes = List.copyOf(attributes);
    }
  }

  /** Returns the conditions of a protocol. */
  public static List<Condition> of(Protocol protocol) {
    return CONDITIONS.get(protocol);
  }

  /** Finds an attribute of a protocol by its name. */
  public static Optional<AttributeSpec> attribute(Protocol protocol, String name) {
    return of(protocol).stream()
        .flatMap(c -> c.attributes().stream())
        .filter(a -> a.isCalled(name))
        .findFirst();
  }

  private static List<Condition> conditionsOf(Protocol protocol) {
    List<Condition> list = new ArrayList<>();
    switch (protocol) {
      case MAC -> {
        macs(list);
        number(list, Field.ETHER_TYPE, NumberType.ETHER_TYPE, "protocolid");
      }
      case VLAN -> {
        macs(list);
        number(list, Field.VLAN_ID, NumberType.VLAN_ID, "vlanid");
        number(list, Field.VLAN_ENCAPSULATED, NumberType.ENCAPSULATED_TYPE, "encap-protocol");
      }
      case STP -> stp(list);
      case ARP, RARP -> arp(list);
      case IP -> {
        macs(list);
        nets(list, IPV4, IPV4_MASK);
        number(list, Field.IP_PROTOCOL, NumberType.IP_PROTOCOL, "protocol");
        ports(list);
        number(list, Field.IP_DSCP, NumberType.DSCP, "dscp");
      }
      case IPV6 -> {
        macs(list);
        nets(list, IPV6, IPV6_MASK);
        number(list, Field.IP_PROTOCOL, NumberType.IP_PROTOCOL, "protocol");
        ports(list);
        number(list, Field.ICMP_TYPE, NumberType.UINT8, "type", "typeend");
        number(list, Field.ICMP_CODE, NumberType.UINT8, "code", "codeend");
      }
      default -> transport(list, protocol);
    }
    one(list, Shape.COMMENT, null, spec("comment", WordType.COMMENT));
    return list;
  }

  private static void stp(List<Condition> list) {
    mac(list, Field.ETHER_SOURCE, "srcmacaddr", "srcmacmask");
    number(list, Field.STP_TYPE, NumberType.UINT8, "type");
    number(list, Field.STP_FLAGS, NumberType.UINT8, "flags");
    range(list, Field.STP_ROOT_PRIORITY, NumberType.UINT16, "root-priority");
    mac(list, Field.STP_ROOT_ADDRESS, "root-address", "root-address-mask");
    range(list, Field.STP_ROOT_COST, NumberType.UINT32, "root-cost");
    range(list, Field.STP_SENDER_PRIORITY, NumberType.UINT16, "sender-priority");
    mac(list, Field.STP_SENDER_ADDRESS, "sender-address", "sender-address-mask");
    one(
        list,
        Shape.NUMBER,
        Field.STP_PORT,
        spec("port", NumberType.UINT16),
        new AttributeSpec("port-hi", "port_hi", NumberType.UINT16));
    // libvirt's document says msg-age, its parser knows age alone.
    one(
        list,
        Shape.NUMBER,
        Field.STP_MESSAGE_AGE,
        new AttributeSpec("age", "msg-age", NumberType.UINT16),
        new AttributeSpec("age-hi", "msg-age-hi", NumberType.UINT16));
    range(list, Field.STP_MAX_AGE, NumberType.UINT16, "max-age");
    range(list, Field.STP_HELLO_TIME, NumberType.UINT16, "hello-time");
    range(list, Field.STP_FORWARD_DELAY, NumberType.UINT16, "forward-delay");
  }

  private static void arp(List<Condition> list) {
    macs(list);
    number(list, Field.ARP_HARDWARE_TYPE, NumberType.UINT16, "hwtype");
    number(list, Field.ARP_PROTOCOL_TYPE, NumberType.UINT16, "protocoltype");
    number(list, Field.ARP_OPERATION, NumberType.ARP_OPERATION, "opcode");
    mac(list, Field.ARP_SENDER_MAC, "arpsrcmacaddr");
    mac(list, Field.ARP_TARGET_MAC, "arpdstmacaddr");
    one(
        list,
        Shape.NET,
        Field.ARP_SENDER_IP,
        spec("arpsrcipaddr", IPV4),
        spec("arpsrcipmask", IPV4_MASK));
    one(
        list,
        Shape.NET,
        Field.ARP_TARGET_IP,
        spec("arpdstipaddr", IPV4),
        spec("arpdstipmask", IPV4_MASK));
    one(list, Shape.FLAG, Field.ARP_GRATUITOUS, spec("gratuitous", WordType.BOOLEAN));
  }

  private static void transport(List<Condition> list, Protocol protocol) {
    boolean ipv4 = protocol.layer() == Protocol.Layer.IPV4;
    String kind = protocol.xmlName().replace("-ipv6", "");
    boolean ports = List.of("tcp", "udp", "sctp").contains(kind);
    if (ipv4 && !ports) {
      macs(list);
    } else {
      mac(list, Field.ETHER_SOURCE, "srcmacaddr");
    }
    AddressType address = ipv4 ? IPV4 : IPV6;
    nets(list, address, ipv4 ? IPV4_MASK : IPV6_MASK);
    one(
        list,
        Shape.NET_RANGE,
        Field.IP_SOURCE,
        spec("srcipfrom", address),
        spec("srcipto", address));
    one(
        list,
        Shape.NET_RANGE,
        Field.IP_DESTINATION,
        spec("dstipfrom", address),
        spec("dstipto", address));
    number(list, Field.IP_DSCP, NumberType.DSCP, "dscp");
    number(list, Field.CONNECTION_LIMIT, NumberType.CONNECTIONS, "connlimit-above");
    one(list, Shape.STATES, null, spec("state", WordType.STATES));
    one(
        list,
        Shape.IP_SET,
        Field.IP_SET,
        spec("ipset", WordType.IPSET_NAME),
        spec("ipsetflags", WordType.IPSET_FLAGS));
    if (ports) {
      ports(list);
    }
    if (kind.equals("tcp")) {
      number(list, Field.TCP_OPTION, NumberType.UINT8, "option");
      one(list, Shape.TCP_FLAGS, Field.TCP_FLAGS, spec("flags", WordType.TCP_FLAGS));
    }
    if (kind.startsWith("icmp")) {
      number(list, Field.ICMP_TYPE, NumberType.UINT8, "type");
      number(list, Field.ICMP_CODE, NumberType.UINT8, "code");
    }
  }

  private static void macs(List<Condition> list) {
    mac(list, Field.ETHER_SOURCE, "srcmacaddr", "srcmacmask");
    mac(list, Field.ETHER_DESTINATION, "dstmacaddr", "dstmacmask");
  }

  private static void nets(List<Condition> list, AddressType address, AddressType mask) {
    one(list, Shape.NET, Field.IP_SOURCE, spec("srcipaddr", address), spec("srcipmask", mask));
    one(list, Shape.NET, Field.IP_DESTINATION, spec("dstipaddr", address), spec("dstipmask", mask));
  }

  private static void ports(List<Condition> list) {
    number(list, Field.SOURCE_PORT, NumberType.UINT16, "srcportstart", "srcportend");
    number(list, Field.DESTINATION_PORT, NumberType.UINT16, "dstportstart", "dstportend");
  }

  private static void mac(List<Condition> list, Field field, String... names) {
    AttributeSpec address = spec(names[0], MAC);
    if (names.length == 1) {
      one(list, Shape.MAC, field, address);
    } else {
      one(list, Shape.MAC, field, address, spec(names[1], MAC_MASK));
    }
  }

  private static void range(List<Condition> list, Field field, NumberType type, String name) {
    number(list, field, type, name, name + "-hi");
  }

  private static void number(List<Condition> list, Field field, NumberType type, String... names) {
    AttributeSpec[] attributes = new AttributeSpec[names.length];
    for (int i = 0; i < names.length; i++) {
      attributes[i] = spec(names[i], type);
    }
    one(list, Shape.NUMBER, field, attributes);
  }

  private static AttributeSpec spec(String name, ValueType type) {
    return new AttributeSpec(name, "", type);
  }

  private static void one(
      List<Condition> list, Shape shape, Field field, AttributeSpec... attributes) {
    list.add(new Condition(shape, Optional.ofNullable(field), List.of(attributes)));
  }
}
