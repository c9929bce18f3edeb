package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;
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
