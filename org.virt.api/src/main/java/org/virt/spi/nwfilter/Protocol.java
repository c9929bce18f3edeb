package org.virt.spi.nwfilter;

import java.util.Optional;

/** The protocols that a rule can be about (libvirt's formatnwfilter). */
public enum Protocol {
  MAC("mac", Layer.LINK),
  VLAN("vlan", Layer.LINK),
  STP("stp", Layer.LINK),
  ARP("arp", Layer.LINK, 0x0806),
  RARP("rarp", Layer.LINK, 0x8035),
  IP("ip", Layer.LINK, 0x0800),
  IPV6("ipv6", Layer.LINK, 0x86dd),
  TCP("tcp", Layer.IPV4),
  UDP("udp", Layer.IPV4),
  UDPLITE("udplite", Layer.IPV4),
  SCTP("sctp", Layer.IPV4),
  ICMP("icmp", Layer.IPV4),
  IGMP("igmp", Layer.IPV4),
  ESP("esp", Layer.IPV4),
  AH("ah", Layer.IPV4),
  ALL("all", Layer.IPV4),
  TCP_IPV6("tcp-ipv6", Layer.IPV6),
  UDP_IPV6("udp-ipv6", Layer.IPV6),
  UDPLITE_IPV6("udplite-ipv6", Layer.IPV6),
  SCTP_IPV6("sctp-ipv6", Layer.IPV6),
  ICMPV6("icmpv6", Layer.IPV6),
  ESP_IPV6("esp-ipv6", Layer.IPV6),
  AH_IPV6("ah-ipv6", Layer.IPV6),
  ALL_IPV6("all-ipv6", Layer.IPV6);

  private final String xmlName;
  private final Layer layer;
  private final int etherType;

  Protocol(String xmlName, Layer layer) {
    this(xmlName, layer, 0);
  }

  Protocol(String xmlName, Layer layer, int etherType) {
    this.xmlName = xmlName;
    this.layer = layer;
    this.etherType = etherType;
  }

  /** Finds a protocol by its element name. */
  public static Optional<Protocol> of(String xmlName) {
    for (Protocol protocol : values()) {
      if (protocol.xmlName.equals(xmlName)) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }

  /** Returns the element name. */
  public String xmlName() {
    return xmlName;
  }

  /** Returns where rules of this protocol stand. */
  public Layer layer() {
    return layer;
  }

  /** Returns the EtherType (IEEE 802 numbers) of one that has its own, and can be behind a tag. */
  public Optional<Integer> etherType() {
    return etherType == 0 ? Optional.empty() : Optional.of(etherType);
  }

  /**
   * Where rules stand: per frame in the port's chains, or in the stateful IPv4 or IPv6 rules behind
   * them.
   */
  public enum Layer {
    LINK,
    IPV4,
    IPV6
  }
}
