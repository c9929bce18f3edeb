package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterface.State;
import org.virt.api.host.HostInterfaces;
import org.virt.spi.driver.DriverConnection;

/** What the simulator does not do: hosts, and ways to them. */
class EsxHostStubTest extends StubCase {
  @Test
  void connectsThroughAnHttpProxy() throws Exception {
    // A proxy of plain HTTP is asked as a host is, but for the whole URI.
    URI uri =
        URI.create("esx://root@esx.invalid/?transport=http&proxy=http://127.0.0.1:" + host.port());
    EsxDriver other = new EsxDriver(Map.of("password.esx.invalid", "pass"));
    assertEquals(List.of(), other.open(uri).domains());
    other.deactivate();
    assertEquals(1, host.count("Logout"));
  }

  @Test
  void tellsWhatTheHostHasAndUses() throws Exception {
    HostStatistics figures = connect().facet(HostStatistics.class).orElseThrow();
    String all =
        StubHost.property("hardware.memorySize", "xsd:long", "1073741824")
            + StubHost.property("summary.quickStats.overallMemoryUsage", "xsd:int", "256")
            + StubHost.property("capability.maxSupportedVcpus", "xsd:int", "128");
    host.answer(
        "RetrievePropertiesEx", StubHost.found(StubHost.object("HostSystem", "ha-host", all)));
    assertEquals(768L << 20, figures.freeMemory());
    TypedParameters memory = figures.memoryStats(OptionalInt.empty());
    assertEquals(1 << 20, memory.number("total").orElseThrow());
    assertEquals(768 << 10, memory.number("free").orElseThrow());
    assertEquals(128, figures.maxVcpus("vmware"));
    host.answer("RetrievePropertiesEx", StubHost.inventory());
    fails(ErrorCode.OPERATION_UNSUPPORTED, () -> figures.maxVcpus("vmware"));
    fails(ErrorCode.ARGUMENT_UNSUPPORTED, () -> figures.memoryStats(OptionalInt.of(0)));
  }

  @Test
  void connectsToGsxOnItsOwnPort() throws Exception {
    URI uri = URI.create(host.uri().toString().replace("esx://", "gsx://"));
    DriverConnection connection = driver.open(uri);
    assertEquals("ESX", connection.hypervisor().type());
    connection.close();
  }

  @Test
  void hasNetworkCardsAsInterfaces() throws Exception {
    HostInterfaces interfaces = connect().facet(HostInterfaces.class).orElseThrow();
    String cards =
        "<PhysicalNic><device>vmnic0</device><mac>00:11:22:33:44:55</mac>"
            + "<linkSpeed><speedMb>1000</speedMb></linkSpeed><spec><ip><dhcp>false</dhcp>"
            + "<ipAddress>192.0.2.9</ipAddress><subnetMask>255.255.255.128</subnetMask></ip>"
            + "</spec></PhysicalNic><PhysicalNic><device>vmnic1</device>"
            + "<mac>00:11:22:33:44:56</mac><spec><ip><dhcp>true</dhcp></ip></spec></PhysicalNic>";
    String all = StubHost.property("config.network.pnic", "ArrayOfPhysicalNic", cards);
    host.answer(
        "RetrievePropertiesEx", StubHost.found(StubHost.object("HostSystem", "ha-host", all)));
    assertEquals(
        List.of(
            new HostInterface("vmnic0", "00:11:22:33:44:55", State.ACTIVE),
            new HostInterface("vmnic1", "00:11:22:33:44:56", State.INACTIVE)),
        interfaces.interfaces());
    String xml = interfaces.interfaceXml("vmnic0");
    assertTrue(xml.contains("<interface type='ethernet' name='vmnic0'>"), xml);
    assertTrue(xml.contains("<link speed='1000' state='up'/>"), xml);
    assertTrue(xml.contains("<ip address='192.0.2.9' prefix='25'/>"), xml);
    assertTrue(interfaces.interfaceXml("vmnic1").contains("<dhcp/>"));
    fails(ErrorCode.NO_INTERFACE, () -> interfaces.interfaceXml("vmnic2"));
  }

  @Test
  void connectsToIpv6Literals() throws Exception {
    try (StubHost six = new StubHost("::1", 0)) {
      EsxDriver other = new EsxDriver(Map.of("password.::1", "pass"));
      URI uri = URI.create("esx://root@[::1]:" + six.port() + "/?transport=http");
      assertEquals(List.of(), other.open(uri).domains());
      other.deactivate();
      assertEquals(1, six.count("Logout"));
    } catch (SocketException e) {
      Assumptions.abort("no IPv6 on the loopback interface: " + e.getMessage());
    }
  }

  @Test
  void findsHostsInFoldersByTheirNames() throws Exception {
    host.answer("RetrieveServiceContent", StubHost.content("VirtualCenter"));
    String inventory =
        StubHost.inventory()
            .replace(">ha-datacenter<", ">50%25 of %2f + x<")
            .replace(
                "<propSet><name>parent</name><val type=\"Folder\""
                    + " xsi:type=\"ManagedObjectReference\">ha-folder-root</val></propSet>",
                StubHost.reference("parent", "Folder", "f1"))
            .replace(
                "</returnval>",
                StubHost.object(
                        "Folder",
                        "f1",
                        StubHost.property("name", "xsd:string", "a folder")
                            + StubHost.reference("parent", "Folder", "ha-folder-root"))
                    + "</returnval>");
    host.answer("RetrievePropertiesEx", inventory);
    String uri = host.uri().toString().replace("esx://", "vpx://");
    URI found = URI.create(uri.replace("/?", "/a%20folder/50%25%20of%20%2F%20+%20x/esx?"));
    driver.open(found).close();
    URI missing = URI.create(uri.replace("/?", "/a%20folder/elsewhere/esx?"));
    String message = fails(ErrorCode.INVALID_ARG, () -> driver.open(missing).close());
    assertTrue(message.contains("/a folder/50% of / + x/esx"), message);
  }
}
