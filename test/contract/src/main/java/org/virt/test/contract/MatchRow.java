package org.virt.test.contract;

import static org.virt.test.contract.Packets.A;
import static org.virt.test.contract.Packets.ALL;
import static org.virt.test.contract.Packets.B;
import static org.virt.test.contract.Packets.bpdu;
import static org.virt.test.contract.Packets.from;
import static org.virt.test.contract.Packets.ip;
import static org.virt.test.contract.Packets.summed;
import static org.virt.test.contract.Packets.tagged;
import static org.virt.test.contract.Packets.udp;
import static org.virt.test.contract.Packets.with;
import static org.virt.test.contract.Packets.withExtension;
import static org.virt.test.contract.Packets.withOptions;
import static org.virt.test.contract.Programs.mac;
import static org.virt.test.contract.Programs.net;
import static org.virt.test.contract.Programs.number;
import static org.virt.test.contract.Programs.range;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;

/**
 * A condition and frames that it is tried with.
 *
 * @param needs further conditions that the field needs to mean something
 * @param hit a frame of the protocol whose field is as the operand says
 * @param miss one whose field is not
 * @param others frames that have no such field: no match in either sense
 */
record MatchRow(
    Protocol protocol,
    Field field,
    Operand operand,
    Map<Field, Operand> needs,
    byte[] hit,
    byte[] miss,
    List<byte[]> others) {
  private static final Operand.Number UPPER = new Operand.Number(0x100, 0xffff);
  private static final byte[] IP = udp("10.0.0.2", "10.0.0.9");
  private static final byte[] IP6 = udp("fd00::2", "fd00::9");
  private static final byte[] ARP = Packets.arp(Packets.ARP, A, "10.0.0.2");
  private static final byte[] OTHER = Packets.other(A, ALL);

  @Override
  public String toString() {
    return protocol.xmlName() + " " + field + " " + operand;
  }

  /** Returns rows for every field of every protocol whose rules stand in chains of frames. */
  static List<MatchRow> all() {
    List<MatchRow> rows = new ArrayList<>();
    addresses(rows);
    tags(rows);
    requests(rows, Protocol.ARP, Packets.ARP);
    requests(rows, Protocol.RARP, Packets.RARP);
    ipv4(rows);
    ipv6(rows);
    bridges(rows);
    return rows;
  }

  private static void addresses(List<MatchRow> rows) {
    byte[] fromB = from(B).apply(OTHER);
    byte[] toB = Packets.other(A, B);
    rows.add(row(Protocol.MAC, Field.ETHER_SOURCE, mac(A), OTHER, fromB));
    rows.add(row(Protocol.MAC, Field.ETHER_SOURCE, mac(A, "ff:ff:00:00:00:00"), OTHER, fromB));
    rows.add(row(Protocol.MAC, Field.ETHER_DESTINATION, mac(B), toB, OTHER));
    rows.add(
        row(
            Protocol.MAC,
            Field.ETHER_DESTINATION,
            mac(MacAddress.parse("01:00:00:00:00:00"), "01:00:00:00:00:00"),
            OTHER,
            toB));
    rows.add(row(Protocol.MAC, Field.ETHER_TYPE, number(Packets.ARP), ARP, OTHER));
    rows.add(row(Protocol.MAC, Field.ETHER_TYPE, number(Packets.IPV4), IP, IP6));
    rows.add(row(Protocol.MAC, Field.ETHER_TYPE, number(Packets.EXPERIMENTAL), OTHER, IP));
    for (Protocol protocol :
        List.of(Protocol.VLAN, Protocol.STP, Protocol.ARP, Protocol.IP, Protocol.IPV6)) {
      byte[] sample = Packets.samples().get(protocol.xmlName());
      rows.add(row(protocol, Field.ETHER_SOURCE, mac(A), sample, from(B).apply(sample)));
    }
    for (byte[] sample : List.of(ARP, IP)) {
      Protocol protocol = sample == IP ? Protocol.IP : Protocol.ARP;
      byte[] unicast = sample.clone();
      System.arraycopy(B.bytes(), 0, unicast, 0, 6);
      rows.add(row(protocol, Field.ETHER_DESTINATION, mac(B), unicast, sample));
    }
  }

  private static void tags(List<MatchRow> rows) {
    byte[] seven = tagged(IP, Packets.VLAN, 0xa007); // with a priority
    rows.add(row(Protocol.VLAN, Field.VLAN_ID, number(7), seven, tagged(IP, Packets.VLAN, 0x107)));
    rows.add(
        row(
            Protocol.VLAN,
            Field.VLAN_ENCAPSULATED,
            number(Packets.IPV4),
            seven,
            tagged(ARP, Packets.VLAN, 7)));
  }

  private static void requests(List<MatchRow> rows, Protocol protocol, int type) {
    byte[] hit = Packets.arp(type, 3, A, "10.0.0.2", B, "10.0.0.9");
    rows.add(row(protocol, Field.ARP_HARDWARE_TYPE, number(1), hit, with(hit, 0, 0, 6)));
    rows.add(row(protocol, Field.ARP_PROTOCOL_TYPE, number(Packets.IPV4), hit, with(hit, 2, 8, 6)));
    rows.add(row(protocol, Field.ARP_OPERATION, number(3), hit, with(hit, 6, 0, 2)));
    rows.add(row(protocol, Field.ARP_OPERATION, UPPER, with(hit, 6, 1, 0), hit));
    byte[] longMacs = with(hit, 4, 8);
    byte[] byB = from(A).apply(Packets.arp(type, 3, B, "10.0.0.2", B, "10.0.0.9"));
    rows.add(
        request(protocol, Field.ARP_SENDER_MAC, mac(A), hit, byB, with(hit, 0, 0, 6), longMacs));
    // It stands before all that depends on how long the protocol's addresses are.
    rows.add(row(protocol, Field.ARP_SENDER_MAC, mac(A), with(hit, 5, 16), with(byB, 5, 16)));
    byte[] toA = Packets.arp(type, 3, A, "10.0.0.2", A, "10.0.0.9");
    rows.add(
        request(protocol, Field.ARP_TARGET_MAC, mac(B), hit, toA, with(hit, 0, 0, 6), longMacs));
    byte[] otherSender = Packets.arp(type, 3, A, "10.1.0.2", B, "10.0.0.9");
    byte[] notIp = with(hit, 2, 0x86, 0xdd);
    byte[] longIps = with(hit, 5, 16);
    for (Operand net : List.of(net("10.0.0.2", 32), net("10.0.0.0", 23))) {
      rows.add(request(protocol, Field.ARP_SENDER_IP, net, hit, otherSender, notIp, longIps));
    }
    byte[] otherTarget = Packets.arp(type, 3, A, "10.0.0.2", B, "10.0.2.9");
    for (Operand net : List.of(net("10.0.0.9", 32), net("10.0.0.0", 23))) {
      rows.add(request(protocol, Field.ARP_TARGET_IP, net, hit, otherTarget, notIp, longIps));
    }
    byte[] gratuitous = Packets.arp(type, 3, A, "10.0.0.2", B, "10.0.0.2");
    byte[] gratuitousNotIp = with(gratuitous, 2, 0x86, 0xdd);
    rows.add(
        request(
            protocol, Field.ARP_GRATUITOUS, new Operand.Flag(), gratuitous, hit, gratuitousNotIp));
  }

  /** Addresses are there only where type and length are those of Ethernet or IPv4. */
  private static MatchRow request(
      Protocol protocol,
      Field field,
      Operand operand,
      byte[] hit,
      byte[] miss,
      byte[]... withoutField) {
    List<byte[]> others = new ArrayList<>(List.of(withoutField));
    others.add(OTHER);
    return new MatchRow(protocol, field, operand, Map.of(), hit, miss, others);
  }

  private static void ipv4(List<MatchRow> rows) {
    byte[] miss = udp("10.0.2.2", 5, "10.0.2.9", 6);
    Protocol ip = Protocol.IP;
    rows.add(row(ip, Field.IP_SOURCE, net("10.0.0.2", 32), IP, miss));
    rows.add(row(ip, Field.IP_SOURCE, net("10.0.0.0", 23), IP, miss));
    rows.add(row(ip, Field.IP_SOURCE, range("10.0.0.1", "10.0.1.255"), IP, miss));
    rows.add(row(ip, Field.IP_DESTINATION, net("10.0.0.9", 32), IP, miss));
    rows.add(row(ip, Field.IP_DESTINATION, net("10.0.0.0", 23), IP, miss));
    rows.add(row(ip, Field.IP_DESTINATION, range("10.0.0.9", "10.0.1.0"), IP, miss));
    rows.add(
        row(
            ip,
            Field.IP_PROTOCOL,
            number(Packets.UDP),
            IP,
            ip(Packets.TCP, "10.0.0.2", "10.0.0.9", new byte[20])));
    rows.add(row(ip, Field.IP_DSCP, number(46), summed(with(IP, 1, 46 << 2 | 2)), IP));
    byte[] fragment = summed(with(IP, 6, 0, 9));
    for (byte[] hit : List.of(IP, withOptions(IP))) {
      rows.add(port(ip, Field.SOURCE_PORT, number(1000), hit, miss, fragment));
      rows.add(
          port(ip, Field.DESTINATION_PORT, new Operand.Number(1999, 2001), hit, miss, fragment));
    }
  }

  private static void ipv6(List<MatchRow> rows) {
    byte[] miss = udp("fd00:1::2", 5, "fd00:1::9", 6);
    Protocol ip = Protocol.IPV6;
    rows.add(row(ip, Field.IP_SOURCE, net("fd00::2", 128), IP6, miss));
    rows.add(row(ip, Field.IP_SOURCE, net("fd00::", 35), IP6, miss));
    rows.add(row(ip, Field.IP_SOURCE, range("fd00::1", "fd00:0:1::"), IP6, miss));
    rows.add(row(ip, Field.IP_DESTINATION, net("fd00::9", 128), IP6, miss));
    rows.add(row(ip, Field.IP_DESTINATION, net("fd00::", 35), IP6, miss));
    byte[] asked = ip(Packets.ICMPV6, "fd00::2", "fd00::9", new byte[] {(byte) 135, 3, 0, 0, 0, 0});
    rows.add(row(ip, Field.IP_PROTOCOL, number(Packets.ICMPV6), asked, IP6));
    rows.add(row(ip, Field.IP_PROTOCOL, number(Packets.UDP), withExtension(IP6), asked));
    for (byte[] hit : List.of(IP6, withExtension(IP6))) {
      rows.add(port(ip, Field.SOURCE_PORT, number(1000), hit, miss, asked));
      rows.add(port(ip, Field.DESTINATION_PORT, new Operand.Number(1999, 2001), hit, miss, asked));
    }
    Map<Field, Operand> icmp = Map.of(Field.IP_PROTOCOL, number(Packets.ICMPV6));
    byte[] answered = with(asked, 40, 137, 0);
    Operand types = new Operand.Number(133, 136);
    rows.add(new MatchRow(ip, Field.ICMP_TYPE, types, icmp, asked, answered, List.of(IP6)));
    rows.add(new MatchRow(ip, Field.ICMP_TYPE, number(135), icmp, asked, answered, List.of(IP6)));
    rows.add(new MatchRow(ip, Field.ICMP_CODE, number(3), icmp, asked, answered, List.of(IP6)));
  }

  private static void bridges(List<MatchRow> rows) {
    stp(rows, Field.STP_TYPE, number(0), 6, 2);
    stp(rows, Field.STP_FLAGS, number(0), 7, 1);
    stp(rows, Field.STP_ROOT_PRIORITY, new Operand.Number(0x7000, 0x8000), 8, 0x90, 0);
    stp(rows, Field.STP_ROOT_ADDRESS, mac(A), 10, 0x52, 0x55);
    stp(rows, Field.STP_ROOT_ADDRESS, mac(A, "ff:ff:00:00:00:00"), 10, 0x52, 0x55);
    stp(rows, Field.STP_ROOT_COST, new Operand.Number(4, 0x1ffff), 16, 0, 2);
    stp(rows, Field.STP_SENDER_PRIORITY, number(0x9000), 20, 0x80);
    stp(rows, Field.STP_SENDER_ADDRESS, mac(A), 22, 0x52, 0x55);
    stp(rows, Field.STP_PORT, number(0x8001), 28, 0x80, 2);
    stp(rows, Field.STP_MESSAGE_AGE, new Operand.Number(0, 0xff), 30, 1, 0);
    stp(rows, Field.STP_MAX_AGE, number(20 << 8), 32, 21);
    stp(rows, Field.STP_HELLO_TIME, new Operand.Number(1 << 8, 3 << 8), 34, 4);
    stp(rows, Field.STP_FORWARD_DELAY, number(15 << 8), 36, 16);
  }

  private static void stp(
      List<MatchRow> rows, Field field, Operand operand, int offset, int... changed) {
    rows.add(row(Protocol.STP, field, operand, bpdu(), with(bpdu(), offset, changed)));
  }

  private static MatchRow port(
      Protocol protocol, Field field, Operand operand, byte[] hit, byte[] miss, byte[] without) {
    Map<Field, Operand> udp = Map.of(Field.IP_PROTOCOL, number(Packets.UDP));
    return new MatchRow(protocol, field, operand, udp, hit, miss, List.of(without));
  }

  private static MatchRow row(
      Protocol protocol, Field field, Operand operand, byte[] hit, byte[] miss) {
    List<byte[]> others = protocol == Protocol.MAC ? List.of() : List.of(OTHER);
    return new MatchRow(protocol, field, operand, Map.of(), hit, miss, others);
  }
}
