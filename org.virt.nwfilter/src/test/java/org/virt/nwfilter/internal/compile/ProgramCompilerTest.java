package org.virt.nwfilter.internal.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;

class ProgramCompilerTest {
  private static String out(String element) {
    return out("accept", element);
  }

  private static String out(String action, String element) {
    return "<rule action='" + action + "' direction='out'>" + element + "</rule>";
  }

  private static Given lists() {
    return new Given()
        .parameter("A", "1.1.1.1", "2.2.2.2", "3.3.3.3", "3.3.3.3")
        .parameter("B", "80", "90", "80", "80")
        .parameter("C", "1080", "1090", "1100", "1110");
  }

  @Test
  void advancesListsOfOneIteratorTogether() throws Exception {
    assertEquals(
        List.of(
            "accept tcp ip-source=1.1.1.1/32 source-port=80",
            "accept tcp ip-source=2.2.2.2/32 source-port=90",
            "accept tcp ip-source=3.3.3.3/32 source-port=80"),
        lists().transport(out("<tcp srcipaddr='$A' srcportstart='$B[@0]'/>")));
  }

  @Test
  void combinesIteratorsWithTheFirstOneFastest() throws Exception {
    assertEquals(
        List.of(
            "accept udp ip-source=1.1.1.1/32 source-port=80",
            "accept udp ip-source=2.2.2.2/32 source-port=80",
            "accept udp ip-source=3.3.3.3/32 source-port=80",
            "accept udp ip-source=1.1.1.1/32 source-port=90",
            "accept udp ip-source=2.2.2.2/32 source-port=90",
            "accept udp ip-source=3.3.3.3/32 source-port=90"),
        lists().transport(out("<udp srcipaddr='$A[@1]' srcportstart='$B[@2]'/>")));
    assertEquals(
        24,
        lists()
            .transport(out("<tcp srcipaddr='$A[@1]' srcportstart='$B[@2]' dstportstart='$C[@3]'/>"))
            .size());
    assertEquals(
        12,
        lists()
            .transport(out("<tcp srcipaddr='$A[@1]' srcportstart='$B[@2]' dstportstart='$C[@2]'/>"))
            .size());
  }

  @Test
  void acceptsInAChainOfOneProtocolWhatHasNoTag() throws Exception {
    String filter =
        "<filter name='t' chain='ipv4'>"
            + out("<mac srcmacaddr='52:54:00:00:00:01'/>")
            + out("<mac protocolid='ipv4'/>")
            + out("<mac protocolid='vlan'/>")
            + out("<mac match='no' protocolid='arp'/>")
            + out("<mac match='no' protocolid='ipv4'/>")
            + out("<all/>")
            + "<rule action='accept' direction='out'/>"
            + "<rule action='return' direction='out'/>"
            + "<rule action='drop' direction='out'/></filter>";
    assertEquals(
        List.of(
            "accept ip ether-source=52:54:00:00:00:01",
            "accept ip",
            "accept mac ether-type=33024",
            "accept ip",
            "accept ip",
            "return mac",
            "drop mac"),
        new Given()
            .filter(filter)
            .text("t", Given.NOTHING)
            .lines()
            .dropWhile(line -> !line.equals("out ipv4"))
            .skip(1)
            .takeWhile(line -> line.startsWith("  "))
            .map(line -> line.replaceAll(" *#.*", "").strip())
            .toList());
  }

  @Test
  void takesOneElementOfAList() throws Exception {
    assertEquals(
        List.of("accept tcp destination-port=90"),
        lists().transport(out("<tcp dstportstart='$B[1]'/>")));
    VirtException e =
        assertThrows(
            VirtException.class, () -> lists().transport(out("<tcp dstportstart='$B[4]'/>")));
    assertEquals(ErrorCode.INVALID_NWFILTER_BINDING, e.code());
    assertEquals("filter t, rule 1: $B[4] asks for more than the 4 values of B", e.getMessage());
  }

  @Test
  void takesASingleValueAlongWithAList() throws Exception {
    assertEquals(
        3, lists().lines("out root", out("<ip srcmacaddr='$MAC' srcipaddr='$A'/>")).size());
  }

  @Test
  void refusesListsOfDifferentLengthTogether() {
    VirtException e =
        assertThrows(
            VirtException.class,
            () ->
                lists()
                    .parameter("D", "1", "2")
                    .transport(out("<tcp srcipaddr='$A' srcportstart='$D'/>")));
    assertEquals(ErrorCode.INVALID_NWFILTER_BINDING, e.code());
    assertTrue(e.getMessage().contains("srcportstart"), e.getMessage());
  }

  @Test
  void namesAWrongValueOfAVariable() {
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> new Given().parameter("A", "::1").transport(out("<tcp srcipaddr='$A'/>")));
    assertEquals(ErrorCode.INVALID_NWFILTER_BINDING, e.code());
    assertEquals(
        "filter t, rule 1: srcipaddr has illegal value '::1' of variable A: expected an IPv4"
            + " address such as 10.1.2.3",
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<tcp dscp='64'/>",
        "<tcp srcportstart='70000'/>",
        "<ip srcipaddr='1.1.1.1' srcipmask='33'/>",
        "<ip srcipaddr='1.1.1.1' srcipmask='255.0.255.0'/>",
        "<tcp srcportstart='9' srcportend='5'/>",
        "<tcp srcipfrom='1.1.1.9' srcipto='1.1.1.1'/>",
        "<tcp match='no' state='NEW'/>"
      })
  void neverUsesARuleThatSaysSomethingImpossible(String element) {
    VirtException e = assertThrows(VirtException.class, () -> new Given().transport(out(element)));
    assertEquals(ErrorCode.INVALID_NWFILTER, e.code());
    assertTrue(e.getMessage().startsWith("filter t, rule 1: "), e.getMessage());
  }

  /** As libvirt 9.0.0 was seen to do. */
  @Test
  void turnsInoutRulesRoundForWhatTheGuestSends() throws Exception {
    String rule =
        "<rule action='drop' direction='inout'><ip srcmacaddr='1:2:3:4:5:6' srcipaddr='1.1.1.1'"
            + " dstipaddr='2.2.2.2' protocol='udp' srcportstart='1' dstportstart='2'/></rule>";
    assertEquals(
        List.of(
            "drop ip ether-source=01:02:03:04:05:06 ip-source=1.1.1.1/32"
                + " ip-destination=2.2.2.2/32 ip-protocol=17 source-port=1 destination-port=2"),
        new Given().lines("in root", rule));
    assertEquals(
        List.of(
            "drop ip ether-destination=01:02:03:04:05:06 ip-destination=1.1.1.1/32"
                + " ip-source=2.2.2.2/32 ip-protocol=17 destination-port=1 source-port=2"),
        new Given().lines("out root", rule));
  }

  /** The order that libvirt 9.0.0 was seen to make of the same filters. */
  @Test
  void mergesRulesAndChainsByPriority() throws Exception {
    Given given =
        new Given()
            .filter(
                "<filter name='io'><rule action='drop' direction='inout' priority='10'><ip/></rule>"
                    + "<rule action='drop' direction='inout' priority='-700'>"
                    + "<mac protocolid='0x1111'/></rule>"
                    + "<rule action='drop' direction='inout' priority='-701'>"
                    + "<mac protocolid='0x2222'/></rule>"
                    + "<filterref filter='ioa'><parameter name='P' value='7'/></filterref>"
                    + "<filterref filter='iob'/></filter>")
            .filter(
                "<filter name='ioa' chain='ipv4'>"
                    + "<rule action='accept' direction='out' priority='-900'>"
                    + "<ip protocol='udp' dstportstart='$P'/></rule>"
                    + "<rule action='accept' direction='out' priority='-800'>"
                    + "<ip protocol='udp' dstportstart='9'/></rule></filter>")
            .filter(
                "<filter name='iob' chain='ipv4' priority='-300'>"
                    + "<rule action='accept' direction='out' priority='-990'>"
                    + "<ip protocol='udp' dstportstart='20'/></rule>"
                    + "<rule action='return' direction='in' priority='-300'><mac/></rule>"
                    + "<filterref filter='ioc'/></filter>")
            .filter(
                "<filter name='ioc' chain='stp'><rule action='accept' direction='out'>"
                    + "<stp type='1' root-cost='1' root-cost-hi='9'/></rule></filter>");
    assertEquals(
        """
        out root
          drop mac ether-type=8738  # io, rule 3
          ip → ipv4
          drop mac ether-type=4369  # io, rule 2
          stp → stp
          drop ip  # io, rule 1
        out ipv4
          accept ip ip-protocol=17 destination-port=20  # iob, rule 1
          accept ip ip-protocol=17 destination-port=55  # ioa, rule 1
          accept ip ip-protocol=17 destination-port=9  # ioa, rule 2
        out stp
          accept stp stp-type=1 stp-root-cost=1-9  # ioc, rule 1
        in root
          drop mac ether-type=8738  # io, rule 3
          drop mac ether-type=4369  # io, rule 2
          ip → ipv4
          drop ip  # io, rule 1
        in ipv4
          return mac  # iob, rule 2
        """,
        given.parameter("P", "55").text("io", Given.NOTHING));
  }

  @Test
  void letsTheBindingDecideBeforeAReference() throws Exception {
    Given given =
        new Given()
            .filter(
                "<filter name='a'><filterref filter='b'><parameter name='P' value='7'/>"
                    + "</filterref></filter>")
            .filter("<filter name='b'>" + out("<tcp dstportstart='$P'/>") + "</filter>");
    assertTrue(given.text("a", Given.NOTHING).contains("destination-port=7["));
    assertTrue(given.parameter("P", "8").text("a", Given.NOTHING).contains("destination-port=8["));
  }

  private static List<String> both(String rule) throws VirtException {
    List<String> lines = new ArrayList<>();
    new Given().lines("transport out", rule).forEach(line -> lines.add("out: " + line));
    new Given().lines("transport in", rule).forEach(line -> lines.add("in: " + line));
    return lines;
  }

  @Test
  void letsAnswersOfAStatelessRuleThrough() throws Exception {
    assertEquals(
        List.of(
            "out: accept tcp ip-destination=10.1.2.3/32 source-port=100",
            "in: accept tcp ether-source=01:02:03:04:05:06 ip-source=10.1.2.3/32"
                + " destination-port=100"),
        both(
            "<rule action='accept' direction='in' statematch='false'>"
                + "<tcp srcmacaddr='1:2:3:4:5:6' srcipaddr='10.1.2.3' dstportstart='100'/></rule>"));
  }

  @Test
  void tracksConnections() throws Exception {
    assertEquals(
        List.of(
            "out: accept tcp destination-port=100[NEW, ESTABLISHED] original",
            "in: accept tcp source-port=100[ESTABLISHED] reply"),
        both(out("<tcp dstportstart='100'/>")));
    assertEquals(
        List.of("out: accept icmp icmp-type=8[NEW, ESTABLISHED]"), both(out("<icmp type='8'/>")));
    assertEquals(
        List.of("out: drop udp destination-port=9", "in: drop udp source-port=9"),
        both("<rule action='drop' direction='out'><udp dstportstart='9'/></rule>"));
    assertEquals(
        List.of("out: accept all", "in: accept all"),
        both("<rule action='accept' direction='inout'><all/></rule>"));
    assertEquals(
        List.of("in: drop all ether-source!=01:02:03:04:05:06"),
        both(
            "<rule action='drop' direction='inout'>"
                + "<all match='no' srcmacaddr='1:2:3:4:5:6'/></rule>"));
    assertEquals(
        List.of("in: drop tcp connection-limit=2"),
        both("<rule action='drop' direction='in'><tcp connlimit-above='2'/></rule>"));
    assertEquals(
        List.of(
            "out: accept all ip-set=s:dst[ESTABLISHED] reply",
            "in: accept all ip-set=s:src[NEW, ESTABLISHED] original"),
        both("<rule action='accept' direction='in'><all ipset='s' ipsetflags='src'/></rule>"));
  }

  @Test
  void keepsWrittenStates() throws Exception {
    assertEquals(
        List.of("accept all[ESTABLISHED, RELATED]"),
        new Given().transport(out("<all state='RELATED,ESTABLISHED'/>")));
    assertEquals(List.of("accept tcp"), new Given().transport(out("<tcp state='NONE'/>")));
  }

  @Test
  void compilesEveryKindOfOperand() throws Exception {
    assertEquals(
        List.of(
            "accept tcp ip-source=10.1.0.0/16 ip-destination=1.1.1.1-1.1.1.9 ip-dscp!=10"
                + " connection-limit=3 ip-set=s:src,dst source-port=1-2 tcp-option=4"
                + " tcp-flags=18/2[NEW]"),
        new Given()
            .transport(
                out(
                    "<tcp srcipaddr='10.1.2.3' srcipmask='255.255.0.0' dstipfrom='1.1.1.1'"
                        + " dstipto='1.1.1.9' connlimit-above='3' state='NEW' ipset='s'"
                        + " ipsetflags='src,dst' srcportstart='1' srcportend='2' option='4'"
                        + " flags='SYN,ACK/SYN' comment='c'/><tcp match='no' dscp='0xa'/>")));
    assertEquals(
        List.of("accept arp arp-operation=2 arp-sender-mac!=own" + " arp-gratuitous=yes"),
        new Given()
            .lines(
                "out root",
                out(
                    "<arp opcode='Reply' gratuitous='true'/><arp match='no' arpsrcmacaddr='$MAC'/>")));
    assertEquals(
        List.of("accept mac ether-destination=01:00:00:00:00:00/ff:00:00:00:00:00"),
        new Given()
            .lines("out root", out("<mac dstmacaddr='1:0:0:0:0:0' dstmacmask='ff:0:0:0:0:0'/>")));
    assertEquals(
        List.of("accept ipv6 ip-source=fe80::/10 ip-protocol=58 icmp-type=133-136"),
        new Given()
            .lines(
                "out root",
                out(
                    "<ipv6 srcipaddr='fe80::1' srcipmask='10' protocol='icmpv6' type='133'"
                        + " typeend='136'/>")));
  }

  @Test
  void dropsArpOfOtherHardwareWhereOtherMacAddressesAreDropped() throws Exception {
    String spoofed = "<arp match='no' arpsrcmacaddr='$MAC'/>";
    assertEquals(
        List.of("drop arp arp-sender-mac!=own", "drop arp arp-hardware-type!=1"),
        new Given().lines("out root", out("drop", spoofed)));
    assertEquals(
        List.of("return arp arp-sender-mac!=own"),
        new Given().lines("out root", out("return", spoofed)));
    assertEquals(
        List.of("drop rarp arp-sender-mac=own"),
        new Given().lines("out root", out("drop", "<rarp arpsrcmacaddr='$MAC'/>")));
    assertEquals(
        List.of("drop arp arp-hardware-type!=6 arp-sender-mac!=own"),
        new Given()
            .lines("out root", out("drop", "<arp match='no' hwtype='6' arpsrcmacaddr='$MAC'/>")));
  }

  @Test
  void looksLearnedAddressesUpInPlainUsesOnly() throws Exception {
    assertTrue(usesLookup("<ip srcipaddr='$IP'/>"));
    assertTrue(usesLookup("<ip srcmacaddr='$MAC' srcipaddr='$IP'/>"));
    assertTrue(usesLookup("<arp arpdstipaddr='$IP'/>"));
    assertTrue(usesLookup("<tcp dstipaddr='$IP[@0]'/>"));
    assertFalse(usesLookup("<rarp arpsrcipaddr='$IP'/>"));
    assertFalse(usesLookup("<ip match='no' srcipaddr='$IP'/>"));
    assertFalse(usesLookup("<ip srcipaddr='$IP' srcipmask='24'/>"));
    assertFalse(usesLookup("<ip srcipaddr='$IP[0]'/>"));
    assertFalse(usesLookup("<ip srcipaddr='$IP[@1]'/>"));
    assertFalse(usesLookup("<tcp srcipfrom='$IP' srcipto='9.9.9.9'/>"));
    assertFalse(usesLookup("<ip srcipaddr='$IP' dstipaddr='$IP'/>"));
    assertFalse(usesLookup("<tcp srcipaddr='$IP' dstportstart='$PORTS'/>"));
  }

  @Test
  void looksLearnedAddressesOfIpv6Up() throws Exception {
    Given given = new Given();
    given.filter("<filter name='t'>" + out("<ipv6 srcipaddr='$IPV6'/>") + "</filter>");
    assertTrue(given.text("t", Given.LOOKUPS).contains("ip-source=lookup(ipv6)"));
    String literal = given.text("t", Given.learned("7.7.7.7", "2001:db8::7"));
    assertTrue(literal.contains("ip-source=2001:db8::7/128"), literal);
    assertFalse(literal.contains("7.7.7.7"), literal);
  }

  private static boolean usesLookup(String element) throws VirtException {
    Given given = new Given().parameter("PORTS", "1", "2");
    given.filter("<filter name='t'>" + out(element) + "</filter>");
    Own learned = Given.lookups("7.7.7.7", "8.8.8.8");
    String text = given.text("t", learned);
    assertNotEquals(text.contains("lookup(ipv4)"), text.contains("7.7.7."), text);
    return text.contains("lookup(ipv4)");
  }

  @Test
  void compilesTheSameProgramWhateverIsLearnedWhenAllAreLookups() throws Exception {
    assertEquals(
        new Given().compile("clean-traffic", Given.LOOKUPS).digest(),
        new Given().compile("clean-traffic", Given.lookups("7.7.7.7")).digest());
  }

  @Test
  void takesAGivenAddressBeforeALearnedOne() throws Exception {
    String text = new Given().parameter("IP", "1.1.1.1").text("clean-traffic", Given.LOOKUPS);
    assertTrue(text.contains("ip-source=1.1.1.1/32"));
    assertFalse(text.contains("lookup"));
  }

  @Test
  void sharesProgramsOfPortsThatDifferInTheirOwnOnly() throws Exception {
    Own first = new Own(Given.MAC, List.of(), Set.of(Own.IP), true);
    Own second = new Own(MacAddress.parse("52:54:00:00:00:01"), List.of(), Set.of(Own.IP), true);
    Given one = new Given().parameter("IP", "1.1.1.1");
    Given other = new Given().parameter("IP", "2.2.2.2");
    FilterReference clean = one.reference("clean-traffic");
    assertEquals(
        PortCompiler.filter(one.definitions(), clean, first),
        PortCompiler.filter(other.definitions(), other.reference("clean-traffic"), second));
    assertTrue(PortCompiler.filter(one.definitions(), clean, first).shared());
    one.filter("<filter name='m'>" + out("<ip srcipaddr='$IP' srcipmask='24'/>") + "</filter>");
    assertFalse(PortCompiler.filter(one.definitions(), one.reference("m"), first).shared());
    one.filter(
        "<filter name='m'>"
            + out("<mac srcmacaddr='$MAC' srcmacmask='ff:ff:ff:0:0:0'/>")
            + "</filter>");
    assertFalse(PortCompiler.filter(one.definitions(), one.reference("m"), first).shared());
  }

  @Test
  void namesMissingVariables() throws Exception {
    Given given =
        new Given()
            .filter(
                "<filter name='t'>"
                    + out("<tcp srcipaddr='$IP' srcmacaddr='$MAC' dstportstart='$PORTS'/>")
                    + "<filterref filter='u'/></filter>")
            .filter("<filter name='u'>" + out("<tcp dstportstart='$MORE[@1]'/>") + "</filter>");
    assertEquals(
        Set.of("IP", "PORTS", "MORE"),
        PortCompiler.missing(given.definitions(), given.reference("t")));
    VirtException e = assertThrows(VirtException.class, () -> given.text("t", Given.NOTHING));
    assertEquals(ErrorCode.INVALID_NWFILTER_BINDING, e.code());
  }
}
