package org.virt.test.host.libvirt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Definitions that libvirt and we read alike: every protocol with every attribute of libvirt's
 * formatnwfilter, at the edges of its range, past them, and malformed.
 */
final class FilterCases {
  private static final Set<String> WITHOUT_NO =
      Set.of("code", "codeend", "dstportstart", "dstportend", "comment");

  private static final int TURNS = 3;

  private final Map<String, String> cases = new LinkedHashMap<>();

  /** An attribute, what it needs beside it, and values for it. */
  private record Attribute(String name, String beside, List<String> values) {}

  /** Returns the definitions by what they are about; {@code @} stands for the filter's name. */
  static Map<String, String> all() {
    FilterCases all = new FilterCases();
    for (String protocol : "mac vlan stp arp rarp ip ipv6".split(" ")) {
      all.add(protocol, link(protocol), 0, 1);
    }
    int turn = 0;
    for (String protocol : "tcp udp udplite sctp esp ah icmp igmp all".split(" ")) {
      all.add(protocol, transport(protocol, ""), turn++, TURNS);
    }
    for (String protocol : "tcp udp udplite sctp esp ah all".split(" ")) {
      all.add(protocol + "-ipv6", transport(protocol, "-ipv6"), turn++, TURNS);
    }
    all.add("icmpv6", transport("icmpv6", "-ipv6"), 0, 1);
    all.rules();
    all.filters();
    return all.cases;
  }

  /** Protocols that share their attributes share their values: each takes those of its turn. */
  private void add(String protocol, List<Attribute> attributes, int turn, int turns) {
    for (Attribute a : attributes) {
      for (int i = turn % turns; i < a.values.size(); i += turns) {
        String value = a.values.get(i);
        rule(
            protocol + " " + a.name + " '" + value + "'",
            "<%s %s %s='%s'/>".formatted(protocol, a.beside, a.name, value));
      }
      if (!WITHOUT_NO.contains(a.name) && !a.beside.contains("protocol=")) {
        String value = a.values.get(0);
        String split =
            "<%1$s match='no' %2$s %3$s='%4$s'/><%1$s comment='c'/>"
                .formatted(protocol, a.beside, a.name, value);
        rule(protocol + " " + a.name + " negated", split);
      }
    }
    StringBuilder together = new StringBuilder();
    attributes.forEach(a -> together.insert(0, " " + a.name + "='" + a.values.get(0) + "'"));
    rule(protocol + " with all attributes", "<" + protocol + together + "/>");
    rule(protocol + " with none", "<" + protocol + "/><" + protocol + "/>");
  }

  private void rule(String about, String element) {
    cases.put(
        about,
        "<filter name='@'><rule action='accept' direction='in'>" + element + "</rule></filter>");
  }

  private static List<Attribute> link(String protocol) {
    List<Attribute> list = new ArrayList<>();
    if (protocol.equals("stp")) {
      mac(list, "src", FilterValues.MACS);
      stp(list);
    } else {
      mac(list, "src", FilterValues.MACS);
      mac(list, "dst", FilterValues.MACS);
    }
    switch (protocol) {
      case "mac" -> one(list, "protocolid", "", FilterValues.ETHER_TYPES + "|0x5ff|0|1535");
      case "vlan" -> {
        one(list, "vlanid", "", FilterValues.numbers(4095));
        one(list, "encap-protocol", "", FilterValues.ETHER_TYPES + "|60|0x3c|59|0x5ff");
      }
      case "arp", "rarp" -> arp(list);
      case "ip" -> {
        nets(list, "srcip", FilterValues.IPV4S, FilterValues.IPV4_MASKS, "10.1.2.3");
        nets(list, "dstip", FilterValues.IPV4S, FilterValues.IPV4_MASKS, "10.1.2.3");
        one(list, "dscp", "", FilterValues.numbers(63));
        one(list, "protocol", "", FilterValues.IP_PROTOCOLS);
        ports(list, "protocol='tcp'");
      }
      case "ipv6" -> {
        nets(list, "srcip", FilterValues.IPV6S, FilterValues.IPV6_MASKS, "fe80::1");
        nets(list, "dstip", FilterValues.IPV6S, FilterValues.IPV6_MASKS, "fe80::1");
        one(list, "protocol", "", "icmpv6|" + FilterValues.IP_PROTOCOLS);
        range(list, "type", "typeend", 255, "protocol='icmpv6'");
        range(list, "code", "codeend", 255, "protocol='58'");
      }
      default -> {
        // stp is complete.
      }
    }
    one(list, "comment", "", FilterValues.COMMENTS);
    return list;
  }

  private static void stp(List<Attribute> list) {
    one(list, "type", "", FilterValues.numbers(255));
    one(list, "flags", "", FilterValues.numbers(255));
    nets(list, "root-address", FilterValues.MACS, FilterValues.MAC_MASKS, "");
    nets(list, "sender-address", FilterValues.MACS, FilterValues.MAC_MASKS, "");
    for (String name :
        "root-priority sender-priority port age max-age hello-time forward-delay".split(" ")) {
      range(list, name, name + "-hi", 65535, "");
    }
    one(list, "root-cost", "", "0|4294967295|4294967296|0xffffffff|x|");
  }

  private static void arp(List<Attribute> list) {
    one(list, "hwtype", "", FilterValues.numbers(65535));
    one(list, "protocoltype", "", FilterValues.numbers(65535));
    one(list, "opcode", "", FilterValues.OPERATIONS);
    one(list, "arpsrcmacaddr", "", FilterValues.MACS);
    one(list, "arpdstmacaddr", "", FilterValues.MACS);
    one(list, "arpsrcipaddr", "", FilterValues.IPV4S);
    one(list, "arpsrcipmask", "arpsrcipaddr='10.1.2.3'", FilterValues.IPV4_MASKS);
    one(list, "arpdstipaddr", "", FilterValues.IPV4S);
    one(list, "arpdstipmask", "arpdstipaddr='10.1.2.3'", FilterValues.IPV4_MASKS);
    one(list, "gratuitous", "", "true|false|yes|no|1|0");
  }

  private static List<Attribute> transport(String kind, String suffix) {
    boolean six = !suffix.isEmpty();
    List<Attribute> list = new ArrayList<>();
    one(list, "srcmacaddr", "", FilterValues.MACS);
    String addresses = six ? FilterValues.IPV6S : FilterValues.IPV4S;
    String masks = six ? FilterValues.IPV6_MASKS : FilterValues.IPV4_MASKS;
    String some = six ? "fe80::1" : "10.1.2.3";
    nets(list, "srcip", addresses, masks, some);
    nets(list, "dstip", addresses, masks, some);
    one(list, "srcipfrom", "", addresses);
    one(list, "srcipto", "srcipfrom='" + (six ? "::" : "0.0.0.0") + "'", addresses);
    one(list, "dstipfrom", "", addresses);
    if (!six) {
      one(list, "dstipto", "dstipfrom='0.0.0.0'", addresses);
    }
    one(list, "dscp", "", FilterValues.numbers(63));
    one(list, "connlimit-above", "", "0|1|65535|65536|0x10|x|");
    one(list, "state", "", FilterValues.STATES);
    if (kind.equals("all")) {
      one(list, "ipset", "ipsetflags='src'", FilterValues.IPSETS);
      one(list, "ipsetflags", "ipset='x'", FilterValues.IPSET_FLAGS);
    }
    if (Set.of("tcp", "udp", "sctp").contains(kind)) {
      ports(list, "");
    }
    if (kind.equals("tcp")) {
      one(list, "option", "", FilterValues.numbers(255));
    }
    if (kind.equals("tcp") && !six) {
      one(list, "flags", "", FilterValues.TCP_FLAGS);
    }
    if (kind.startsWith("icmp")) {
      one(list, "type", "", FilterValues.numbers(255));
      one(list, "code", "", FilterValues.numbers(255));
    }
    one(list, "comment", "", FilterValues.COMMENTS);
    return list;
  }

  private static void ports(List<Attribute> list, String beside) {
    range(list, "srcportstart", "srcportend", 65535, beside);
    range(list, "dstportstart", "dstportend", 65535, beside);
  }

  private static void range(List<Attribute> list, String from, String to, int max, String beside) {
    one(list, from, beside, FilterValues.numbers(max));
    one(list, to, beside + " " + from + "='1'", FilterValues.numbers(max));
  }

  private static void mac(List<Attribute> list, String side, String values) {
    one(list, side + "macaddr", "", values);
    one(list, side + "macmask", side + "macaddr='1:2:3:4:5:6'", FilterValues.MAC_MASKS);
  }

  /** An address and its mask, named as in {@code srcipaddr} and {@code root-address-mask}. */
  private static void nets(
      List<Attribute> list, String name, String addresses, String masks, String some) {
    if (some.isEmpty()) {
      one(list, name, "", addresses);
      one(list, name + "-mask", name + "='1:2:3:4:5:6'", masks);
    } else {
      one(list, name + "addr", "", addresses);
      one(list, name + "mask", name + "addr='" + some + "'", masks);
    }
  }

  private static void one(List<Attribute> list, String name, String beside, String values) {
    List<String> all = new ArrayList<>(List.of(values.split("\\|", -1)));
    if (!name.equals("comment")) {
      all.addAll(FilterValues.VARIABLES);
    }
    list.add(new Attribute(name, beside, all));
  }

  private void rules() {
    for (String action : "accept drop reject return continue DROP foo".split(" ")) {
      for (String direction : "in out inout IN both".split(" ")) {
        String rule = "<rule action='%s' direction='%s'><all/></rule>".formatted(action, direction);
        filter(action + " " + direction, "", rule);
      }
    }
    for (String given :
        "priority='0'|priority='-1000'|priority='1000'|priority='+5'|priority=' 5'|statematch='true'"
            .concat("|statematch='0'|statematch='FALSE'|statematch='1' priority='7'")
            .split("\\|")) {
      filter(given, "", "<rule action='drop' direction='in' " + given + "><tcp/></rule>");
    }
    filter("no action", "", "<rule direction='in'/>");
    filter("no direction", "", "<rule action='drop'/>");
    rule("ports without protocol", "<ip srcportstart='5'/>");
    rule("ports of icmp", "<ip protocol='icmp' srcportstart='5'/>");
    rule("ports of udplite", "<ip protocol='udplite' srcportstart='5'/>");
    rule("ports of dccp", "<ip protocol='33' srcportstart='5'/>");
    rule("range back to front", "<tcp srcportstart='50' srcportend='5'/>");
    rule("mask in another sense", "<ip match='no' srcipaddr='1.1.1.1'/><ip srcipmask='24'/>");
    rule("mask negated alone", "<ip srcipaddr='1.1.1.1'/><ip match='no' srcipmask='24'/>");
    rule("port end in another sense", "<tcp match='no' srcportstart='1'/><tcp srcportend='9'/>");
    rule(
        "senses in turns",
        "<ip match='no' srcipaddr='1.1.1.1'/><ip dstipaddr='2.2.2.2'/><ip match='no' dscp='3'/>");
  }

  private void filters() {
    String chains =
        "root|mac|mac-x|vlan|vlan_x|arp|arpx|arp-x-y|rarp|rarp-1|ipv4|ipv4-abcdefg|ipv4-abcdefgh"
            + "|ipv6|ipv6-123456|ipv6-1234567|root-x|ip|IPV4|foo|mac x|ipv4!|-ipv4|mac.1";
    for (String chain : chains.split("\\|")) {
      filter(
          "chain '" + chain + "'", "chain='" + chain + "'", "<rule action='drop' direction='in'/>");
    }
    for (String kind : "tcp arp ip mac vlan rarp ipv6 stp".split(" ")) {
      for (String chain : "ipv4 arp mac vlan".split(" ")) {
        String rule = "<rule action='drop' direction='in'><" + kind + "/></rule>";
        filter(kind + " in chain " + chain, "chain='" + chain + "'", rule);
      }
    }
    for (String priority : "0|5|-1000|1000|1001|-1001|x|5 | 5|+5|0x10|1.5".split("\\|")) {
      String rule = "<rule action='drop' direction='in'/>";
      String given = "priority='" + priority + "'";
      filter("chain priority " + priority, "chain='ipv4' " + given, rule);
      filter("priority without chain " + priority, given, rule);
    }
    filter("reference", "", "<filterref filter='clean-traffic'/><filterref filter='allow-arp'/>");
    filter("reference to itself", "", "<filterref filter='@'/>");
    filter("reference without name", "", "<filterref/>");
    for (String value : "10.1.2.3|a|A_B|1:2|a.b|fe80::1".split("\\|")) {
      String parameter = "<parameter name='A' value='" + value + "'/>";
      filter(
          "parameter " + value, "", "<filterref filter='allow-arp'>" + parameter + "</filterref>");
    }
    filter(
        "parameters in order",
        "",
        "<filterref filter='allow-arp'><parameter name='b' value='2'/><parameter name='Z' value='1'/>"
            + "<parameter name='A' value='3'/><parameter name='b' value='1'/><parameter name='_' value='1'/>"
            + "<parameter name='b' value='2'/></filterref>");
    String rule = "<rule action='drop' direction='in' priority='-5'/>";
    filter("order", "", rule + "<filterref filter='allow-arp'/>" + rule);
    cases.put("no name", "<filter>" + rule + "</filter>");
    cases.put("another element", "<foo name='@'/>");
    cases.put("not XML", "<filter name='@'>" + rule);
  }

  private void filter(String about, String attributes, String body) {
    cases.put(about, "<filter name='@' " + attributes + ">" + body + "</filter>");
  }
}
