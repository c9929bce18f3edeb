package org.virt.test.host.libvirt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.host.HostInterfaces;
import org.virt.api.host.NodeDevices;
import org.virt.api.host.Secret;
import org.virt.api.host.Secrets;
import org.virt.api.nwfilter.Filters;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.driver.remote.internal.RemoteDriver;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;
import org.virt.test.contract.EventLog;

/** Our remote driver and a real libvirtd. */
@Timeout(120)
class RemoteDriverTest {
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
  private static final Path CONTAINERS = Path.of("/usr/lib/libvirt/libvirt_lxc");

  private static final String CONTAINER =
      """
      <domain type='lxc'>
        <name>%s</name>
        <uuid>%s</uuid>
        <memory unit='MiB'>64</memory>
        <vcpu>1</vcpu>
        <os><type>exe</type><init>/bin/sh</init></os>
        <devices><console type='pty'/></devices>
      </domain>
      """;

  @TempDir static Path folder;
  private static Libvirtd libvirtd;
  private static final RemoteDriver DRIVER = new RemoteDriver(Map.of());

  @BeforeAll
  static void startLibvirtd() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    libvirtd = Libvirtd.start(folder);
  }

  @AfterAll
  static void stopLibvirtd() {
    if (libvirtd != null) {
      libvirtd.close();
    }
  }

  @Test
  void livesTheLifeOfAMachineOfQemu() throws Exception {
    assumeTrue(Files.isExecutable(QEMU), QEMU + " is not there");
    try (DriverConnection connection = open("qemu", "/system")) {
      assertEquals("QEMU", connection.hypervisor().type());
      liveALife(
          connection,
          """
          <domain type='qemu'>
            <name>%s</name>
            <uuid>%s</uuid>
            <memory unit='MiB'>32</memory>
            <vcpu>2</vcpu>
            <os><type arch='x86_64' machine='pc'>hvm</type></os>
            <devices>
              <emulator>/usr/bin/qemu-system-x86_64</emulator>
              <controller type='usb' model='none'/>
              <serial type='pty'/>
            </devices>
          </domain>
          """);
    }
  }

  @Test
  void livesTheLifeOfAContainer() throws Exception {
    assumeTrue(Files.isExecutable(CONTAINERS), CONTAINERS + " is not there");
    try (DriverConnection connection = open("lxc", "/system")) {
      assertEquals("LXC", connection.hypervisor().type());
      requireControlGroups(connection);
      liveALife(connection, CONTAINER);
    }
  }

  @Test
  void livesTheLifeOfAMachineInMemory() throws Exception {
    try (DriverConnection connection = open("test", "/default")) {
      assertEquals("TEST", connection.hypervisor().type());
      assertEquals(
          List.of("test"), connection.domains().stream().map(DomainSummary::name).toList());
      liveALife(
          connection,
          """
          <domain type='test'>
            <name>%s</name>
            <uuid>%s</uuid>
            <memory unit='MiB'>32</memory>
            <vcpu>1</vcpu>
            <os><type>hvm</type></os>
          </domain>
          """);
    }
  }

  @Test
  void asksForMoreThanEveryDriverCan() throws Exception {
    assumeTrue(Files.isExecutable(QEMU), QEMU + " is not there");
    try (DriverConnection connection = open("qemu", "/system")) {
      DomainId id =
          connection.create(
              """
              <domain type='qemu'>
                <name>more</name>
                <memory unit='MiB'>32</memory>
                <vcpu>1</vcpu>
                <os><type arch='x86_64' machine='pc'>hvm</type></os>
                <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
              </domain>
              """);
      try {
        askForMore((Facets) connection, id);
      } finally {
        connection.destroy(id);
      }
    }
  }

  private static void askForMore(Facets facets, DomainId id) throws VirtException {
    assertEquals(1, facets.facet(VcpuVerbs.class, id).orElseThrow().vcpus().size());
    assertFalse(facets.facet(MemoryVerbs.class, id).orElseThrow().memoryStats().isEmpty());
    assertTrue(
        facets
            .facet(QemuVerbs.class, id)
            .orElseThrow()
            .monitorCommand("{\"execute\":\"query-status\"}", QemuVerbs.Language.QMP)
            .contains("running"));
    MetadataVerbs notes = facets.facet(MetadataVerbs.class, id).orElseThrow();
    notes.setMetadata(MetadataVerbs.Note.TITLE, Optional.of("Mehr"), Affects.LIVE);
    assertEquals("Mehr", notes.metadata(MetadataVerbs.Note.TITLE, Affects.LIVE));
    assertEquals(
        List.of("more"),
        facets
            .facet(BulkStatistics.class)
            .orElseThrow()
            .domainStats(List.of(id), Set.of(), Set.of())
            .stream()
            .map(BulkStatistics.DomainStats::name)
            .toList());
  }

  @Test
  void keepsFiltersOfTheOtherEnd() throws Exception {
    assumeTrue(Files.isExecutable(QEMU), QEMU + " is not there");
    try (DriverConnection connection = open("qemu", "/system")) {
      Filters filters = ((Facets) connection).facet(Filters.class).orElseThrow();
      assertTrue(
          filters.filters().stream().map(NetworkFilter::name).toList().contains("clean-traffic"));
      NetworkFilter defined =
          filters.define(
              "<filter name='far'><rule action='drop' direction='in'><tcp/></rule></filter>");
      assertEquals(defined, filters.filter("far"));
      assertEquals(defined, filters.filter(defined.uuid().toString()));
      assertEquals(List.of(), filters.bindings());
      PortId nobody = new PortId("nobody0");
      VirtException none = assertThrows(VirtException.class, () -> filters.bindingXml(nobody));
      assertEquals(ErrorCode.NO_NWFILTER_BINDING, none.code());
      filters.undefine("far");
      VirtException gone = assertThrows(VirtException.class, () -> filters.filter("far"));
      assertEquals(ErrorCode.NO_NWFILTER, gone.code());
    }
  }

  @Test
  void keepsSecretsAndKnowsDevicesOfTheOtherEnd() throws Exception {
    assumeTrue(Files.isExecutable(QEMU), QEMU + " is not there");
    try (DriverConnection connection = open("qemu", "/system")) {
      Facets facets = (Facets) connection;
      Secrets secrets = facets.facet(Secrets.class).orElseThrow();
      UUID uuid =
          secrets.defineSecret(
              "<secret private='no'><usage type='volume'><volume>/far</volume></usage></secret>");
      secrets.setSecretValue(uuid, new byte[] {1, 2});
      assertArrayEquals(new byte[] {1, 2}, secrets.secretValue(uuid));
      Secret secret = secrets.secrets().get(0);
      assertEquals(Secret.Usage.VOLUME, secret.usage());
      assertEquals("/far", secret.usageId());
      secrets.undefineSecret(uuid);
      assertEquals(List.of(), secrets.secrets());
    }
    try (DriverConnection connection = open("test", "/default")) {
      Facets facets = (Facets) connection;
      NodeDevices devices = facets.facet(NodeDevices.class).orElseThrow();
      assertEquals(List.of("system"), devices.nodeDevice("computer").capabilities());
      assertTrue(devices.nodeDeviceXml("computer").contains("<name>computer</name>"));
      HostInterfaces interfaces = facets.facet(HostInterfaces.class).orElseThrow();
      assertTrue(interfaces.interfaces().get(0).isActive());
    }
  }

  @Test
  void tellsLibvirtsErrors() throws Exception {
    VirtException absent = assertThrows(VirtException.class, () -> open("bhyve", "/system"));
    assertEquals(ErrorCode.NO_CONNECT, absent.code());
    assertEquals("no connection driver available for bhyve:///system", absent.getMessage());
    try (DriverConnection connection = open("test", "/default")) {
      DomainId nobody = new DomainId(UUID.randomUUID());
      VirtException none = assertThrows(VirtException.class, () -> connection.start(nobody));
      assertEquals(ErrorCode.NO_DOMAIN, none.code());
      assertTrue(none.getMessage().startsWith("Domain not found"), none.getMessage());
      VirtException xml = assertThrows(VirtException.class, () -> connection.define("<domain"));
      assertTrue(xml.getMessage().contains("domain_definition"), xml.getMessage());
    }
  }

  private static DriverConnection open(String driver, String path) throws VirtException {
    return DRIVER.open(
        URI.create("%s+unix://%s?socket=%s".formatted(driver, path, libvirtd.socket())));
  }

  /** Whether containers start here at all is libvirt's and the host's affair. */
  private static void requireControlGroups(DriverConnection connection) throws VirtException {
    try {
      connection.destroy(connection.create(CONTAINER.formatted("try", UUID.randomUUID())));
    } catch (VirtException e) {
      assumeFalse(e.getMessage().matches("(?s).*(cgroup|controller).*"), e.getMessage());
      throw e;
    }
  }

  private static void liveALife(DriverConnection connection, String form) throws Exception {
    EventLog events = new EventLog(Duration.ofSeconds(20));
    connection.subscribe(events);
    String name = "life";
    DomainId id = connection.define(form.formatted(name, UUID.randomUUID()));
    assertEquals(Persistence.PERSISTENT, connection.summary(id).persistence());
    ((Autostarts) connection).autostart(id, Autostart.ON);
    assertEquals(Persistence.AUTOSTART, connection.summary(id).persistence());
    ((Autostarts) connection).autostart(id, Autostart.OFF);
    connection.start(id);
    DomainSummary started = connection.summary(id);
    assertEquals(Reason.BOOTED, started.status().reason());
    assertTrue(started.number().isPresent());
    assertTrue(connection.domains().contains(started));
    assertTrue(connection.xml(id, XmlView.LIVE).contains("<name>life</name>"));
    assertTrue(connection.info(id).memoryKiB() > 0);
    connection.suspend(id);
    assertEquals(Reason.PAUSED_BY_USER, connection.summary(id).status().reason());
    connection.resume(id);
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    connection.destroy(id);
    assertEquals(DomainState.SHUTOFF, connection.summary(id).status().state());
    connection.undefine(id);
    assertThrows(VirtException.class, () -> connection.summary(id));
    events.awaitLast(id, Kind.UNDEFINED_REMOVED);
    assertTrue(
        events
            .kinds(id)
            .containsAll(
                List.of(
                    Kind.DEFINED_ADDED,
                    Kind.STARTED_BOOTED,
                    Kind.SUSPENDED_PAUSED,
                    Kind.RESUMED_UNPAUSED,
                    Kind.STOPPED_DESTROYED)),
        events.kinds(id).toString());
  }
}
