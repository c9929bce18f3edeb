package org.virt.nwfilter.internal.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Value;
import org.virt.spi.nwfilter.Protocol;

class FilterXmlTest {
  private static String filter(String body) {
    return "<filter name='f'>\n" + body + "\n</filter>";
  }

  private static String rule(String element) {
    return filter("<rule action='accept' direction='out'>" + element + "</rule>");
  }

  private static String printedRule(String element) throws VirtException {
    String all = FilterXml.print(FilterXml.parse(rule(element)));
    int from = all.indexOf("priority='500'>") + 15;
    return all.substring(from, all.indexOf("</rule>")).strip().replaceAll("\n *", " ");
  }

  /** Forms on the right were seen from libvirt 9.0.0. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "<mac protocolid='2054'/>|<mac protocolid='arp'/>",
        "<mac protocolid='0x835'/>|<mac protocolid='0x835'/>",
        "<mac match='no' srcmacaddr='$MAC'/>|<mac match='no' srcmacaddr='$MAC'/>",
        "<vlan vlanid='0xfff' encap-protocol='0x800'/>|<vlan vlanid='0xfff' encap-protocol='ipv4'/>",
        "<arp opcode='0x2' gratuitous='0'/>|<arp opcode='Reply' gratuitous='false'/>",
        "<arp arpsrcipaddr='1.2.3.4' arpsrcipmask='255.255.255.0'/>|<arp arpsrcipaddr='1.2.3.4' arpsrcipmask='24'/>",
        "<arp opcode='Reply'/><arp match='no' arpdstmacaddr='$MAC'/>|<arp opcode='Reply'/> <arp match='no' arpdstmacaddr='$MAC'/>",
        "<ip match='no' srcipaddr='10.0.0.0' srcipmask='8' protocol='tcp'/><ip dstipaddr='1.1.1.1' dscp='3'/>|<ip match='no' srcipaddr='10.0.0.0' srcipmask='8'/> <ip dstipaddr='1.1.1.1'/> <ip match='no' protocol='tcp'/> <ip dscp='3'/>",
        "<ip protocol='0x11' srcportstart='022'/>|<ip protocol='udp' srcportstart='22'/>",
        "<ipv6 srcipaddr='FE80::1' srcipmask='ffff::'/>|<ipv6 srcipaddr='fe80::1' srcipmask='16'/>",
        "<ipv6 srcipaddr='::10.1.2.3'/>|<ipv6 srcipaddr='::10.1.2.3'/>",
        "<tcp flags='URG,SYN,ACK,FIN,PSH,RST/URG,ACK,PSH'/>|<tcp flags='ALL/PSH,ACK,URG'/>",
        "<tcp flags=' SYN , ACK/ ACK'/>|<tcp flags='SYN,ACK/ACK'/>",
        "<tcp flags='NONE/NONE'/>|<tcp flags='NONE/NONE'/>",
        "<tcp srcportstart='1' option='64' flags='ALL/SYN' dscp='1'/>|<tcp dscp='1' srcportstart='1' option='64' flags='ALL/SYN'/>",
        "<all state='RELATED,NEW,INVALID,ESTABLISHED'/>|<all state='NEW,ESTABLISHED,RELATED,INVALID'/>",
        "<all state='NONE,NEW'/>|<all state='NONE'/>",
        "<all ipset='a' ipsetflags='SRC,dst' connlimit-above='3'/>|<all connlimit-above='3' ipset='a' ipsetflags='src,dst'/>",
        "<tcp srcipaddr='$A' dstportstart='$B[1]' srcportstart='$C[@2]' dscp='$D[@0]'/>|<tcp srcipaddr='$A' dscp='$D' srcportstart='$C[@2]' dstportstart='$B[1]'/>",
        "<vlan encap-protocol='60'/>|<vlan encap-protocol='60'/>",
        "<ip srcipaddr='1.1.1.1' srcipmask=' +08'/>|<ip srcipaddr='1.1.1.1' srcipmask='8'/>",
        "<arp opcode='0x1F'/>|<arp opcode='31'/>",
        "<all dscp=' 07' connlimit-above='+5'/>|<all dscp='7' connlimit-above='5'/>",
        "<ip match='no' srcipaddr='1.1.1.1'/><ip srcipmask='8' dscp='1'/>|<ip match='no' srcipaddr='1.1.1.1' srcipmask='8'/> <ip dscp='1'/>",
        "<tcp srcportstart='1'/><tcp match='no' srcportend='9'/>|<tcp srcportstart='1' srcportend='9'/>",
        "<stp age='5' age-hi='6' port='1' port_hi='2'/>|<stp port='1' port-hi='2' age='5' age-hi='6'/>",
        "<tcp flags='PSH/'/>|<tcp flags='PSH/NONE'/>",
        "<tcp flags='/SYN,'/>|<tcp flags='NONE/SYN'/>",
        "<udp srcipaddr='$A[ 1 ] ' srcportstart='$B[  @0 ] ' dstportstart='$C[ @2]'/>|<udp srcipaddr='$A[1]' srcportstart='$B' dstportstart='$C[@2]'/>",
        "<arp protocolid='arp' opcode='1'/>|<arp opcode='Request'/>",
        "<rarp protocolid='rarp' hwtype='1'/>|<rarp hwtype='1'/>",
        "<arp hwtype='0X0A' protocoltype='0x0800'/>|<arp hwtype='0xa' protocoltype='0x800'/>",
      })
  void printsValuesInLibvirtsForm(String given, String printed) throws VirtException {
    assertEquals(printed, printedRule(given));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<foo/>",
        "<ip foo='1'/>",
        "<ip srcipaddr='1.2.3'/>",
        "<ip srcipaddr='01.2.3.4'/>",
        "<ip srcipaddr=' 1.1.1.1'/>",
        "<ip srcipaddr='::1'/>",
        "<ipv6 srcipaddr='1.2.3.4'/>",
        "<ipv6 srcipaddr='1::2::3'/>",
        "<ipv6 srcipaddr='fe80::1%lo'/>",
        "<ip srcipaddr='localhost'/>",
        "<mac srcmacaddr='1:2:3:4:5'/>",
        "<mac protocolid='foo'/>",
        "<tcp flags='SYN'/>",
        "<tcp state='FOO'/>",
        "<tcp match='NO' srcipaddr='1.1.1.1'/>",
        "<ip srcipaddr='$A[@x]'/>",
        "<ip srcipaddr='$A[-1]'/>",
        "<ip srcipaddr='$A [1]'/>",
        "<ip srcipaddr='$A '/>",
        "<ip srcipaddr='$A[1]2'/>",
        "<arp protocolid='ipv4'/>",
        "<arp match='no' protocolid='arp'/>",
        "<ip srcipaddr='$'/>",
        "<ip srcportstart='22'/>",
        "<ip protocol='icmp' srcportstart='22'/>",
        "<ipv6 type='1'/>",
        "<ip srcipmask='24'/>",
        "<tcp srcportend='5'/>",
        "<all ipset='x'/>",
        "<all ipset='a b' ipsetflags='src'/>",
        "<all ipset='x' ipsetflags='src,src,src,src,src,src,src'/>",
        "<ip/><arp/>",
        "<ip dscp='1'/><ip dscp='2'/>",
        "<arp gratuitous='TRUE'/>",
        "<all ipset='x' ipsetflags='src, dst'/>",
        "<ip dscp='-0'/>",
        "<ip>text</ip>",
        "<ip><mac/></ip>",
      })
  void refusesWhatCouldOpenAPort(String element) {
    VirtException e = assertThrows(VirtException.class, () -> FilterXml.parse(rule(element)));
    assertEquals(ErrorCode.XML_ERROR, e.code());
    assertTrue(e.getMessage().contains("line 2, column "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<filter><rule action='drop' direction='in'/></filter>",
        "<filter name=''/>",
        "<filter name='a/b'/>",
        "<filter name='a&#10;b'/>",
        "<filter name='a'/><filter name='b'/>",
        "<filter name='a'/>text",
        "<foo name='a'/>",
        "<filter name='a' chain='foo'/>",
        "<filter name='a' chain='root-x'/>",
        "<filter name='a' chain='arp-012345678'/>",
        "<filter name='a' chain='mac-a b'/>",
        "<filter name='a' chain='ipv4' priority='-1001'/>",
        "<filter name='a' chain='ipv4' priority='x'/>",
        "<filter name='a' chain='ipv4' priority='5 '/>",
        "<filter name='a' priority='1001'/>",
        "<filter name='a'><uuid>x</uuid></filter>",
        "<filter name='a'><bar/></filter>",
        "<filter name='a'>text</filter>",
        "<filter name='a'><filterref/></filter>",
        "<filter name='a'><filterref filter='b'><parameter name='A-B' value='1'/></filterref></filter>",
        "<filter name='a'><filterref filter='b'><parameter name='A' value='a b'/></filterref></filter>",
        "<filter name='a'><filterref filter='b'><parameter name='A' value=''/></filterref></filter>",
        "<filter name='a'><rule direction='in'/></filter>",
        "<filter name='a'><rule action='foo' direction='in'/></filter>",
        "<filter name='a'><rule action='drop' direction='both'/></filter>",
        "<filter name='a'><rule action='drop' direction='in' priority='1001'/></filter>",
        "<filter name='a'><rule action='drop' direction='in' statematch='no'/></filter>",
        "<!DOCTYPE filter [<!ENTITY e 'x'>]><filter name='a'/>",
      })
  void refusesBrokenFilters(String xml) {
    VirtException e = assertThrows(VirtException.class, () -> FilterXml.parse(xml));
    assertEquals(ErrorCode.XML_ERROR, e.code());
    assertTrue(e.getMessage().contains("line 1, column "), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "root, 0",
    "mac, -800",
    "stp, 0",
    "vlan-x, -750",
    "arp, -500",
    "rarp, -400",
    "ipv4-x, -700",
    "ipv6, -600",
    "arpx, -500"
  })
  void givesEachKindOfChainItsPriority(String chain, int priority) throws VirtException {
    FilterDefinition filter = FilterXml.parse("<filter name='a' chain='" + chain + "'/>");
    assertEquals(priority, filter.priority());
  }

  @Test
  void keepsRulesAndReferencesInOrder() throws VirtException {
    String xml =
        "<filter name='a' chain='root'>\n"
            + "  <filterref filter='b'>\n"
            + "    <parameter name='A' value='1'/>\n"
            + "    <parameter name='A' value='2'/>\n"
            + "    <parameter name='Z' value='9'/>\n"
            + "  </filterref>\n"
            + "  <rule action='drop' direction='in' priority='-1000' statematch='false'>\n"
            + "    <all/>\n"
            + "  </rule>\n"
            + "  <filterref filter='c'/>\n"
            + "</filter>\n";
    FilterDefinition filter = FilterXml.parse(xml);
    assertEquals(List.of("b", "c"), filter.references());
    assertEquals(xml, FilterXml.print(filter));
  }

  @Test
  void readsAUuidWithoutDashes() throws VirtException {
    FilterDefinition filter =
        FilterXml.parse("<filter name='a'><uuid>01A992D2f8c87c27f69bab0a9d377379</uuid></filter>");
    assertEquals("01a992d2-f8c8-7c27-f69b-ab0a9d377379", filter.uuid().orElseThrow().toString());
  }

  @Test
  void keepsAValueOutOfRangeAsIllegal() throws VirtException {
    FilterDefinition filter = FilterXml.parse(rule("<ip dscp='64'/>"));
    FilterRule rule = (FilterRule) filter.entries().get(0);
    assertTrue(rule.attributes().get(0).value() instanceof Value.Illegal);
    assertTrue(FilterXml.print(filter).contains("<ip/>"));
    assertEquals(filter, FilterXml.parse(FilterXml.printAll(filter)));
  }

  @Test
  void knowsAtLeastACommentForEachProtocol() throws VirtException {
    for (Protocol protocol : Protocol.values()) {
      String element =
          "<" + protocol.xmlName() + " comment='a &lt;b&gt; &quot;q&quot; &apos;s&apos;'/>";
      assertEquals(element, printedRule(element));
    }
  }

  @Test
  void cutsCommentsAsLibvirtDoes() throws VirtException {
    assertEquals(
        "<ip comment='" + "x".repeat(256) + "'/>",
        printedRule("<ip comment='" + "x".repeat(300) + "'/>"));
    assertEquals(
        "<ip comment='" + "\u20ac".repeat(85) + "'/>",
        printedRule("<ip comment='" + "\u20ac".repeat(86) + "'/>"));
  }
}
