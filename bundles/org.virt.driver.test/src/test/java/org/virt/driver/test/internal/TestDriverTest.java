package org.virt.driver.test.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;

class TestDriverTest {
  private final TestDriver driver = new TestDriver();
  private DriverConnection connection;

  @BeforeEach
  void open() throws VirtException {
    connection = driver.open(URI.create("test:///default"));
  }

  @AfterEach
  void close() {
    connection.close();
    driver.deactivate();
  }

  @Test
  void hasTheMachineThatLibvirtsTestDriverHas() throws VirtException {
    List<DomainSummary> all = connection.domains();
    assertEquals(1, all.size());
    DomainSummary test = all.get(0);
    assertEquals("test", test.name());
    assertEquals("6695eb01-f6a4-8304-79aa-97f2502e193f", test.id().toString());
    assertEquals(OptionalInt.of(1), test.number());
    DomainInfo info = connection.info(test.id());
    assertEquals(DomainState.RUNNING, info.status().state());
    assertEquals(8_388_608, info.maxMemoryKiB());
    assertEquals(2_097_152, info.memoryKiB());
    assertEquals(2, info.vcpus());
    assertEquals("TEST", connection.hypervisor().type());
    assertEquals("i686", connection.nodeInfo().model());
    assertTrue(connection.xml(test.id(), XmlView.LIVE).startsWith("<domain type='test' id='1'>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"test:///", "test:default", "test:///tmp/node.xml", "test://host/default"})
  void servesNothingButItsDefaultHost(String uri) {
    VirtException e = assertThrows(VirtException.class, () -> driver.open(URI.create(uri)).close());
    assertEquals(ErrorCode.INVALID_ARG, e.code());
  }

  @Test
  void refusesMachinesOfAnotherHypervisor() {
    String xml =
        "<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type></os></domain>";
    VirtException e = assertThrows(VirtException.class, () -> connection.define(xml));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
    assertEquals("define domain a: /domain/@type: 'kvm' is not 'test'", e.getMessage());
  }

  @Test
  void fillsInUuidAndMac() throws VirtException {
    DomainId id =
        connection.define(
            "<domain type='test' id='7'><name>a</name><memory>1</memory><os><type>hvm</type></os>"
                + "<devices><interface type='user'/></devices></domain>");
    String xml = connection.xml(id, XmlView.INACTIVE);
    assertTrue(xml.contains("<uuid>" + id + "</uuid>"), xml);
    assertTrue(xml.contains("<mac address='52:54:00:"), xml);
    assertFalse(xml.contains("id='7'"), xml);
  }

  @Test
  void runsACreatedMachineByItsOwnXmlAndKeepsTheDefinition() throws VirtException {
    String xml =
        "<domain type='test'><name>a</name><uuid>11111111-2222-3333-4444-555555555555</uuid>"
            + "<title>%s</title><memory>1</memory><os><type>hvm</type></os></domain>";
    DomainId id = connection.define(xml.formatted("kept"));
    assertEquals(id, connection.create(xml.formatted("run")));
    assertTrue(connection.xml(id, XmlView.LIVE).contains("<title>run</title>"));
    assertTrue(connection.xml(id, XmlView.INACTIVE).contains("<title>kept</title>"));
    connection.destroy(id);
    assertTrue(connection.xml(id, XmlView.LIVE).contains("<title>kept</title>"));
  }
}
