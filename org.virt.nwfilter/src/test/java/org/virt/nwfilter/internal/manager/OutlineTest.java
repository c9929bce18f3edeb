package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterOutline;
import org.virt.api.nwfilter.FilterOutline.Node;
import org.virt.api.nwfilter.FilterOutline.Source;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.xml.FilterXml;

class OutlineTest {
  private Definitions definitions = Definitions.of(StandardFilters.load());

  private FilterOutline outline(String name) throws VirtException {
    return Outline.of(definitions, definitions.named(name).orElseThrow());
  }

  private void define(String xml) throws VirtException {
    definitions = definitions.with(FilterXml.parse(xml));
  }

  private static String chains(FilterOutline outline) {
    return outline.chains().stream().map(c -> c.name()).collect(Collectors.joining(" "));
  }

  private static String steps(FilterOutline.Chain chain) {
    return chain.steps().stream()
        .map(s -> s.priority() + s.jump().map(j -> " → " + j).orElse(" " + s.text()))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void showsChainsInTheOrderInWhichFramesReachThem() throws Exception {
    FilterOutline outline = outline("clean-traffic");
    assertEquals("root mac ipv4-ip ipv4 arp-mac arp-ip rarp", chains(outline));
    assertEquals(
        """
        -800 → mac
        -710 → ipv4-ip
        -700 → ipv4
        -650 accept out <mac protocolid='ipv4'/>
        -520 → arp-mac
        -510 → arp-ip
        -500 accept inout <mac protocolid='arp'/>
        -400 → rarp
        500 accept out <mac protocolid='0x835'/>
        1000 drop inout""",
        steps(outline.chains().get(0)));
  }

  @Test
  void showsReferencesAsATree() throws Exception {
    Node tree = outline("clean-traffic").tree();
    assertEquals(
        List.of(
            "no-mac-spoofing",
            "no-ip-spoofing",
            "allow-incoming-ipv4",
            "no-arp-spoofing",
            "no-other-l2-traffic",
            "qemu-announce-self"),
        tree.references().stream().map(Node::filter).toList());
    assertEquals(2, tree.rules());
    assertEquals("arp-mac", tree.references().get(3).references().get(0).chain());
  }

  @Test
  void saysWhereVariablesComeFrom() throws Exception {
    define(
        "<filter name='f'><filterref filter='allow-dhcp-server'>"
            + "<parameter name='DHCPSERVER' value='10.0.0.1'/></filterref>"
            + "<filterref filter='clean-traffic'/>"
            + "<rule action='accept' direction='in'><tcp dstportstart='$PORT'/></rule></filter>");
    FilterOutline outline = outline("f");
    assertEquals(
        "DHCPSERVER REFERENCE [10.0.0.1]\nIP BINDING_OR_LEARNED []\nMAC MAC []\nPORT BINDING []",
        outline.variables().stream()
            .map(v -> v.name() + " " + v.source() + " " + v.values())
            .collect(Collectors.joining("\n")));
    assertEquals(List.of("filter allow-dhcp-server, rule 2"), outline.variables().get(0).uses());
    assertEquals("", outline.chains().get(outline.chains().size() - 1).name());
    assertEquals(Source.BINDING, outline("allow-dhcp-server").variables().get(0).source());
  }

  @Test
  void refusesALoop() throws Exception {
    define("<filter name='a'><filterref filter='b'/></filter>");
    define("<filter name='b'><filterref filter='a'/></filter>");
    VirtException e = assertThrows(VirtException.class, () -> outline("a"));
    assertEquals(ErrorCode.INVALID_NWFILTER, e.code());
  }
}
