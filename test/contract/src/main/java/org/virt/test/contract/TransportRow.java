package org.virt.test.contract;

import static org.virt.test.contract.Packets.A;
import static org.virt.test.contract.Programs.is;
import static org.virt.test.contract.Programs.mac;
import static org.virt.test.contract.Programs.net;
import static org.virt.test.contract.Programs.number;
import static org.virt.test.contract.Programs.range;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;

/**
 * A condition of a transport rule, or none, and packets that it is tried with.
 *
 * @param hit a packet of the protocol that the condition holds for
 * @param miss one that it does not hold for
 * @param missIsOfProtocol whether that is of the protocol
 */
record TransportRow(
    Protocol protocol, Optional<Match> match, byte[] hit, byte[] miss, boolean missIsOfProtocol) {
  private static final String FROM = "10.8.0.2";
  private static final String TO = "10.8.0.9";
  private static final String FROM6 = "fd00:8::2";
  private static final String TO6 = "fd00:8::9";

  @Override
  public String toString() {
    return protocol.xmlName()
        + match.map(match -> " " + match.field() + " " + match.operand()).orElse("");
  }

  static List<TransportRow> all() {
    List<TransportRow> rows = new ArrayList<>();
    addProtocols(rows);
    for (boolean ipv4 : new boolean[] {true, false}) {
      addAddresses(rows, ipv4);
      addPorts(rows, ipv4);
      addTcp(rows, ipv4);
    }
    addIcmp(rows);
    return rows;
  }

  private static void addProtocols(List<TransportRow> rows) {
    byte[] udp = udp(true, 1000, 2000);
    byte[] udp6 = udp(false, 1000, 2000);
    byte[] tcp = tcp(true, Segments.SYN);
    byte[] tcp6 = tcp(false, Segments.SYN);
    rows.add(new TransportRow(Protocol.ALL, Optional.empty(), udp, udp6, false));
    rows.add(new TransportRow(Protocol.ALL_IPV6, Optional.empty(), tcp6, tcp, false));
    rows.add(new TransportRow(Protocol.TCP, Optional.empty(), tcp, udp, false));
    rows.add(new TransportRow(Protocol.TCP_IPV6, Optional.empty(), tcp6, udp6, false));
    rows.add(new TransportRow(Protocol.UDP, Optional.empty(), udp, tcp, false));
    rows.add(new TransportRow(Protocol.UDP_IPV6, Optional.empty(), udp6, tcp6, false));
    addOther(rows, Protocol.UDPLITE, Protocol.UDPLITE_IPV6, 136);
    addOther(rows, Protocol.SCTP, Protocol.SCTP_IPV6, 132);
    addOther(rows, Protocol.ESP, Protocol.ESP_IPV6, 50);
    byte[] igmp = Segments.other(2, FROM, 1, TO, 2);
    rows.add(new TransportRow(Protocol.IGMP, Optional.empty(), igmp, udp, false));
    byte[] ah = Segments.other(51, FROM, 1, TO, 2);
    rows.add(new TransportRow(Protocol.AH, Optional.empty(), ah, udp, false));
    byte[] ah6 = Segments.other(51, FROM6, 1, TO6, 2);
    rows.add(new TransportRow(Protocol.AH_IPV6, Optional.empty(), ah6, udp6, false));
  }

  private static void addOther(List<TransportRow> rows, Protocol ipv4, Protocol ipv6, int number) {
    byte[] packet = Segments.other(number, FROM, 1000, TO, 2000);
    byte[] packet6 = Segments.other(number, FROM6, 1000, TO6, 2000);
    rows.add(new TransportRow(ipv4, Optional.empty(), packet, udp(true, 1, 2), false));
    rows.add(new TransportRow(ipv6, Optional.empty(), packet6, udp(false, 1, 2), false));
  }

  private static void addAddresses(List<TransportRow> rows, boolean ipv4) {
    Protocol protocol = ipv4 ? Protocol.UDP : Protocol.UDP_IPV6;
    byte[] hit = udp(ipv4, 1000, 2000);
    byte[] miss =
        ipv4
            ? Segments.udp("10.8.2.2", 1000, "10.8.2.9", 2000)
            : Segments.udp("fd00:18::2", 1000, "fd00:18::9", 2000);
    String from = ipv4 ? FROM : FROM6;
    String to = ipv4 ? TO : TO6;
    int whole = ipv4 ? 32 : 128;
    int part = ipv4 ? 23 : 28;
    rows.add(row(protocol, Field.IP_SOURCE, net(from, whole), hit, miss));
    rows.add(row(protocol, Field.IP_SOURCE, net(from, part), hit, miss));
    rows.add(row(protocol, Field.IP_DESTINATION, net(to, whole), hit, miss));
    rows.add(row(protocol, Field.IP_DESTINATION, net(to, part), hit, miss));
    Operand range = ipv4 ? range("10.8.0.1", "10.8.1.0") : range("fd00:8::1", "fd00:8::9");
    rows.add(row(protocol, Field.IP_SOURCE, range, hit, miss));
    rows.add(row(protocol, Field.IP_DESTINATION, range, hit, miss));
    byte[] marked =
        ipv4 ? Packets.summed(Packets.with(hit, 1, 46 << 2)) : Packets.with(hit, 0, 0x6b, 0x80);
    rows.add(row(protocol, Field.IP_DSCP, number(46), marked, hit));
    byte[] stranger = Packets.from(Packets.B).apply(hit);
    rows.add(row(protocol, Field.ETHER_SOURCE, mac(A), hit, stranger));
    rows.add(row(protocol, Field.ETHER_SOURCE, mac(A, "ff:ff:00:00:00:00"), hit, stranger));
  }

  private static void addPorts(List<TransportRow> rows, boolean ipv4) {
    Operand range = new Operand.Number(999, 1001);
    Protocol udp = ipv4 ? Protocol.UDP : Protocol.UDP_IPV6;
    rows.add(row(udp, Field.SOURCE_PORT, range, udp(ipv4, 1000, 9), udp(ipv4, 1002, 9)));
    rows.add(row(udp, Field.DESTINATION_PORT, number(9), udp(ipv4, 1, 9), udp(ipv4, 1, 10)));
    Protocol sctp = ipv4 ? Protocol.SCTP : Protocol.SCTP_IPV6;
    String from = ipv4 ? FROM : FROM6;
    String to = ipv4 ? TO : TO6;
    byte[] hit = Segments.other(132, from, 1000, to, 2000);
    byte[] miss = Segments.other(132, from, 1002, to, 2002);
    rows.add(row(sctp, Field.SOURCE_PORT, range, hit, miss));
    rows.add(row(sctp, Field.DESTINATION_PORT, number(2000), hit, miss));
  }

  private static void addTcp(List<TransportRow> rows, boolean ipv4) {
    Protocol tcp = ipv4 ? Protocol.TCP : Protocol.TCP_IPV6;
    int all = 0x3f;
    byte[] syn = tcp(ipv4, Segments.SYN);
    byte[] both = tcp(ipv4, Segments.SYN | Segments.ACK);
    Operand only = new Operand.TcpFlags(all, Segments.SYN);
    rows.add(row(tcp, Field.TCP_FLAGS, only, syn, both));
    Operand none = new Operand.TcpFlags(Segments.ACK | Segments.RST, 0);
    rows.add(row(tcp, Field.TCP_FLAGS, none, syn, both));
    byte[] window = tcp(ipv4, Segments.SYN, (byte) 3, (byte) 3, (byte) 7, (byte) 0);
    rows.add(row(tcp, Field.TCP_OPTION, number(3), window, syn));
  }

  private static void addIcmp(List<TransportRow> rows) {
    byte[] echo = Segments.icmp(FROM, TO, 8, 0);
    byte[] late = Segments.icmp(FROM, TO, 11, 1);
    rows.add(new TransportRow(Protocol.ICMP, Optional.empty(), echo, udp(true, 1, 2), false));
    rows.add(row(Protocol.ICMP, Field.ICMP_TYPE, number(8), echo, late));
    rows.add(row(Protocol.ICMP, Field.ICMP_CODE, number(0), echo, late));
    byte[] last = Segments.icmp(FROM, TO, 255, 1);
    rows.add(row(Protocol.ICMP, Field.ICMP_TYPE, number(255), last, echo));
    byte[] echo6 = Segments.icmp(FROM6, TO6, 128, 0);
    byte[] late6 = Segments.icmp(FROM6, TO6, 3, 1);
    rows.add(new TransportRow(Protocol.ICMPV6, Optional.empty(), echo6, udp(false, 1, 2), false));
    rows.add(row(Protocol.ICMPV6, Field.ICMP_TYPE, number(128), echo6, late6));
    rows.add(row(Protocol.ICMPV6, Field.ICMP_CODE, number(0), echo6, late6));
  }

  private static byte[] udp(boolean ipv4, int from, int to) {
    return ipv4 ? Segments.udp(FROM, from, TO, to) : Segments.udp(FROM6, from, TO6, to);
  }

  private static byte[] tcp(boolean ipv4, int flags, byte... options) {
    return ipv4
        ? Segments.tcp(FROM, 1000, TO, 2000, flags, options)
        : Segments.tcp(FROM6, 1000, TO6, 2000, flags, options);
  }

  private static TransportRow row(
      Protocol protocol, Field field, Operand operand, byte[] hit, byte[] miss) {
    return new TransportRow(protocol, Optional.of(is(field, operand)), hit, miss, true);
  }
}
