package org.virt.spi.nwfilter;

/** What a match looks at. The comment names the operand: one of the records of {@link Operand}. */
public enum Field {
  /** Source address of the frame; {@link Operand.Mac} or {@link Operand.PortMac}. */
  ETHER_SOURCE,
  /** Destination address of the frame; as {@link #ETHER_SOURCE}. */
  ETHER_DESTINATION,
  /** EtherType; {@link Operand.Number}. */
  ETHER_TYPE,
  /** VLAN id, 0 to 4095; {@link Operand.Number}. */
  VLAN_ID,
  /** EtherType inside the tag; {@link Operand.Number}. */
  VLAN_ENCAPSULATED,
  /** BPDU type, 0 to 255; {@link Operand.Number}; so the next ones, IEEE 802.1D section 9.3. */
  STP_TYPE,
  STP_FLAGS,
  STP_ROOT_PRIORITY,
  /** {@link Operand.Mac}. */
  STP_ROOT_ADDRESS,
  STP_ROOT_COST,
  STP_SENDER_PRIORITY,
  /** {@link Operand.Mac}. */
  STP_SENDER_ADDRESS,
  STP_PORT,
  STP_MESSAGE_AGE,
  STP_MAX_AGE,
  STP_HELLO_TIME,
  STP_FORWARD_DELAY,
  /** ARP hardware type; {@link Operand.Number}. */
  ARP_HARDWARE_TYPE,
  /** ARP protocol type; {@link Operand.Number}. */
  ARP_PROTOCOL_TYPE,
  /** ARP operation; {@link Operand.Number}. */
  ARP_OPERATION,
  /** ARP sender and target hardware address; as {@link #ETHER_SOURCE}. */
  ARP_SENDER_MAC,
  ARP_TARGET_MAC,
  /** ARP sender and target protocol address; {@link Operand.Net} or {@link Operand.Lookup}. */
  ARP_SENDER_IP,
  ARP_TARGET_IP,
  /** Sender equals target protocol address; {@link Operand.Flag}. */
  ARP_GRATUITOUS,
  /**
   * Addresses of the IP header; {@link Operand.Net}, {@link Operand.NetRange} or {@link
   * Operand.Lookup}.
   */
  IP_SOURCE,
  IP_DESTINATION,
  /**
   * Protocol, in IPv6 that of what follows the extension headers (RFC 8200, section 4); {@link
   * Operand.Number}.
   */
  IP_PROTOCOL,
  /** DSCP, 0 to 63; {@link Operand.Number}. */
  IP_DSCP,
  /** Ports, which a later fragment of an IPv4 packet has not; {@link Operand.Number}. */
  SOURCE_PORT,
  DESTINATION_PORT,
  /** ICMP and ICMPv6 type and code; {@link Operand.Number}. */
  ICMP_TYPE,
  ICMP_CODE,
  /** TCP flags; {@link Operand.TcpFlags}. */
  TCP_FLAGS,
  /** TCP option number; {@link Operand.Number}. */
  TCP_OPTION,
  /** More connections than this; {@link Operand.Number}. */
  CONNECTION_LIMIT,
  /** Membership in an ipset; {@link Operand.IpSet}. */
  IP_SET
}
