package org.virt.nwfilter.internal.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;

class BindingXmlTest {
  private static final String OWNER =
      "<owner><name>vm</name><uuid>5c6d49af-b071-6127-b4ec-6f8ed4b55335</uuid></owner>";
  private static final String REST = "<mac address='52:54:00:00:00:01'/><filterref filter='f'/>";

  @Test
  void printsWhatItReads() throws VirtException {
    String xml =
        """
        <filterbinding>
          <owner>
            <name>a &lt;vm&gt;</name>
            <uuid>5c6d49af-b071-6127-b4ec-6f8ed4b55335</uuid>
          </owner>
          <portdev name='macvtap0'/>
          <linkdev name='eth0'/>
          <mac address='52:54:00:00:00:01'/>
          <filterref filter='clean-traffic'>
            <parameter name='DHCPSERVER' value='10.1.2.1'/>
            <parameter name='IP' value='10.1.2.3'/>
            <parameter name='IP' value='10.1.2.4'/>
            <parameter name='MAC' value='52:54:00:00:00:01'/>
          </filterref>
        </filterbinding>
        """;
    FilterBinding binding = BindingXml.parse(xml);
    assertEquals(xml, BindingXml.print(binding));
    assertEquals(Set.of("DHCPSERVER", "IP"), binding.filter().parameters().keySet());
    String bare = xml.replaceFirst("(?m)^.*name='MAC'.*\n", "");
    assertEquals(binding, BindingXml.parse(bare));
    String status = "<filterbindingstatus>" + xml + "</filterbindingstatus>";
    assertEquals(binding, BindingXml.parseStatus(status));
    assertThrows(VirtException.class, () -> BindingXml.parse(status));
    assertThrows(VirtException.class, () -> BindingXml.parseStatus(xml));
  }

  @Test
  void keepsAnotherMacAddressAsAParameter() throws VirtException {
    String xml =
        "<filterbinding>"
            + OWNER
            + "<portdev name='a'/>"
            + REST.replace(
                "'f'/>", "'f'><parameter name='MAC' value='52:54:00:00:00:02'/></filterref>")
            + "</filterbinding>";
    FilterBinding binding = BindingXml.parse(xml);
    assertEquals(List.of("52:54:00:00:00:02"), binding.filter().parameters().get("MAC"));
    assertEquals(binding, BindingXml.parse(BindingXml.print(binding)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<filterbinding/>",
        "<filter name='a'/>",
        "<filterbinding>" + OWNER + "<portdev name='a'/>" + REST + "</filterbinding><x/>",
        "<filterbinding>" + REST + "</filterbinding>",
        "<filterbinding>"
            + OWNER
            + "<portdev name='a'/><portdev name='b'/>"
            + REST
            + "</filterbinding>",
        "<filterbinding>" + OWNER + "<portdev name='a/b'/>" + REST + "</filterbinding>",
        "<filterbinding>" + OWNER + "<portdev name='../../x'/>" + REST + "</filterbinding>",
        "<filterbinding>" + OWNER + "<portdev/>" + REST + "</filterbinding>",
        "<filterbinding>" + OWNER + "<portdev name='a'/><foo/>" + REST + "</filterbinding>",
        "<filterbinding>"
            + OWNER
            + "<portdev name='a'/><mac address='x'/><filterref filter='f'/>"
            + "</filterbinding>",
        "<filterbinding>"
            + OWNER
            + "<portdev name='a'/><mac address='1:2:3:4:5:6'/>"
            + "</filterbinding>",
        "<filterbinding><owner><name>a</name></owner><portdev name='a'/>"
            + REST
            + "</filterbinding>",
        "<filterbinding><owner><name>a</name><uuid>x</uuid></owner><portdev name='a'/>"
            + REST
            + "</filterbinding>",
      })
  void refusesWithThePlace(String xml) {
    VirtException e = assertThrows(VirtException.class, () -> BindingXml.parse(xml));
    assertEquals(ErrorCode.XML_ERROR, e.code());
    assertTrue(e.getMessage().contains("line 1, column "), e.getMessage());
  }
}
