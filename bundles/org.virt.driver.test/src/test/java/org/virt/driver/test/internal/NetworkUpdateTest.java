package org.virt.driver.test.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.NetworkUpdate.Command;
import org.virt.api.network.NetworkUpdate.Section;
import org.virt.api.network.Networks;

/** Elements of networks that change one by one. */
class NetworkUpdateTest {
  private static final Pattern LEASES = Pattern.compile("<(?:range|host) [^>]*>");

  private final TestDriver driver = new TestDriver();
  private TestConnection connection;
  private Networks networks;

  @BeforeEach
  void open() throws VirtException {
    connection = (TestConnection) driver.open(URI.create("test:///default"));
    networks = connection.facet(Networks.class).orElseThrow();
    networks.defineNetwork(
        """
        <network><name>n</name><forward mode='bridge'/>
          <ip address='10.0.0.1' prefix='24'/>
          <ip address='10.0.1.1' prefix='24'><dhcp><range start='10.0.1.2' end='10.0.1.9'/></dhcp></ip>
        </network>
        """);
  }

  @AfterEach
  void close() {
    connection.close();
    driver.deactivate();
  }

  private void update(Command command, Section section, String xml) throws VirtException {
    update("n", new NetworkUpdate(command, section, OptionalInt.empty(), xml), Affects.CURRENT);
  }

  private void update(String network, NetworkUpdate update, Affects affects) throws VirtException {
    networks.updateNetwork(network, update, affects);
  }

  private void refused(ErrorCode code, Command command, Section section, String xml)
      throws VirtException {
    String before = networks.networkXml("n");
    VirtException e = assertThrows(VirtException.class, () -> update(command, section, xml));
    assertEquals(code, e.code(), e.getMessage());
    assertEquals(before, networks.networkXml("n"));
  }

  private List<String> leases() throws VirtException {
    return LEASES.matcher(networks.networkXml("n")).results().map(found -> found.group()).toList();
  }

  @Test
  void addsAndModifiesAndDeletesLeases() throws VirtException {
    String range = "<range start='10.0.1.2' end='10.0.1.9'/>";
    String a = "<host mac='52:54:00:00:00:0a' ip='10.0.1.20'/>";
    String b = "<host mac='52:54:00:00:00:0b' name='b' ip='10.0.1.21'/>";
    update(Command.ADD_LAST, Section.IP_DHCP_HOST, a);
    update(Command.ADD_FIRST, Section.IP_DHCP_HOST, b);
    assertEquals(List.of(range, b, a), leases());
    String moved = "<host mac='52:54:00:00:00:0A' ip='10.0.1.30'/>";
    update(Command.MODIFY, Section.IP_DHCP_HOST, moved);
    assertEquals(List.of(range, b, moved), leases());
    update(Command.DELETE, Section.IP_DHCP_HOST, "<host name='b'/>");
    update(Command.DELETE, Section.IP_DHCP_RANGE, range);
    assertEquals(List.of(moved), leases());
    update(Command.DELETE, Section.IP_DHCP_HOST, "<host ip='10.0.1.30'/>");
    assertFalse(networks.networkXml("n").contains("dhcp"));
  }

  @Test
  void takesTheAddressThatIsAskedFor() throws VirtException {
    String first = "<host mac='52:54:00:00:00:0a' ip='10.0.0.20'/>";
    NetworkUpdate update =
        new NetworkUpdate(Command.ADD_LAST, Section.IP_DHCP_HOST, OptionalInt.of(0), first);
    update("n", update, Affects.CONFIG);
    assertEquals(first, leases().get(0));
    NetworkUpdate beyond =
        new NetworkUpdate(Command.ADD_LAST, Section.IP_DHCP_HOST, OptionalInt.of(2), first);
    VirtException e = assertThrows(VirtException.class, () -> update("n", beyond, Affects.CONFIG));
    assertEquals(ErrorCode.OPERATION_INVALID, e.code());
  }

  @ParameterizedTest
  @CsvSource({
    "FORWARD_INTERFACE, <interface dev='eth7'/>",
    "PORTGROUP, <portgroup name='p'/>",
    "DNS_HOST, <host ip='10.0.0.7'><hostname>seven</hostname></host>",
    "DNS_TXT, <txt name='t' value='v'/>",
    "DNS_SRV, <srv service='ldap' protocol='tcp'/>"
  })
  void addsEachOnceAndDeletesIt(Section section, String xml) throws VirtException {
    String before = networks.networkXml("n");
    update(Command.ADD_LAST, section, xml);
    assertFalse(networks.networkXml("n").equals(before));
    refused(ErrorCode.OPERATION_INVALID, Command.ADD_FIRST, section, xml);
    update(Command.DELETE, section, xml);
    assertEquals(before, networks.networkXml("n"));
    refused(ErrorCode.OPERATION_INVALID, Command.DELETE, section, xml);
  }

  @Test
  void refusesWhatMakesNoSense() throws VirtException {
    String host = "<host mac='52:54:00:00:00:0a' ip='10.0.1.20'/>";
    refused(ErrorCode.OPERATION_INVALID, Command.MODIFY, Section.IP_DHCP_HOST, host);
    refused(ErrorCode.XML_ERROR, Command.ADD_LAST, Section.IP_DHCP_HOST, "<range/>");
    refused(ErrorCode.XML_ERROR, Command.ADD_LAST, Section.IP_DHCP_HOST, "<host name='x'/>");
    refused(
        ErrorCode.OPERATION_UNSUPPORTED,
        Command.MODIFY,
        Section.IP_DHCP_RANGE,
        "<range start='10.0.1.2' end='10.0.1.9'/>");
    refused(ErrorCode.OPERATION_UNSUPPORTED, Command.ADD_LAST, Section.IP, "<ip/>");
    for (int number : new int[] {-1, 0, 13}) {
      assertThrows(VirtException.class, () -> Section.of(number));
    }
    assertEquals(Section.DNS_SRV, Section.of(12));
    assertEquals(Command.ADD_FIRST, Command.of(4));
  }

  @Test
  void changesTheRunOrTheDefinition() throws VirtException {
    NetworkUpdate update =
        new NetworkUpdate(
            Command.ADD_LAST, Section.DNS_TXT, OptionalInt.empty(), "<txt name='t' value='v'/>");
    VirtException e = assertThrows(VirtException.class, () -> update("n", update, Affects.LIVE));
    assertEquals(ErrorCode.OPERATION_INVALID, e.code());
    networks.startNetwork("n");
    update("n", update, Affects.CURRENT);
    assertTrue(networks.networkXml("n").contains("<txt"));
    assertFalse(networks.networkDefinitionXml("n").contains("<txt"));
    networks.destroyNetwork("n");
    assertFalse(networks.networkXml("n").contains("<txt"));

    networks.startNetwork("n");
    update("n", update, Affects.CONFIG);
    assertFalse(networks.networkXml("n").contains("<txt"));
    assertTrue(networks.networkDefinitionXml("n").contains("<txt"));
    networks.destroyNetwork("n");
    assertTrue(networks.networkXml("n").contains("<txt"));

    networks.createNetwork("<network><name>t</name></network>");
    update("t", update, Affects.LIVE);
    assertTrue(networks.networkXml("t").contains("<txt"));
    e = assertThrows(VirtException.class, () -> update("t", update, Affects.LIVE_AND_CONFIG));
    assertEquals(ErrorCode.OPERATION_INVALID, e.code());
  }
}
