package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.DeleteFlag;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.Snapshot;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.network.Networks;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.xml.SafeXml;
import org.virt.driver.esx.internal.soap.Trust;
import org.virt.test.contract.EventLog;

/** A single host, as VMware's own simulator of the API shows one. */
class EsxSimulatorTest {
  private static Simulator simulator;

  private final EsxDriver driver = new EsxDriver(Simulator.SECRETS);
  private EsxConnection connection;

  @BeforeAll
  static void startSimulator() throws Exception {
    simulator = Simulator.start("-mode", "esx", "-machines", "3");
  }

  @AfterAll
  static void stopSimulator() throws Exception {
    if (simulator != null) {
      simulator.close();
    }
  }

  @BeforeEach
  void connect() throws Exception {
    connection = (EsxConnection) driver.open(simulator.uri("esx", "/?no_verify=1"));
  }

  @AfterEach
  void disconnect() {
    driver.deactivate();
  }

  private static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  private DomainId machine(DomainState wanted) throws VirtException {
    DomainSummary found = connection.domains().get(0);
    if (found.status().state() != DomainState.SHUTOFF) {
      connection.destroy(found.id());
    }
    if (wanted != DomainState.SHUTOFF) {
      connection.start(found.id());
    }
    if (wanted == DomainState.PAUSED) {
      connection.suspend(found.id());
    }
    return found.id();
  }

  private DomainState state(DomainId id) throws VirtException {
    return connection.summary(id).status().state();
  }

  @Test
  void listsWhatTheHostHas() throws Exception {
    List<DomainSummary> all = connection.domains();
    assertEquals(3, all.size(), all.toString());
    for (DomainSummary one : all) {
      assertEquals(one, connection.summary(one.id()));
    }
  }

  @Test
  void leadsAMachineThroughItsLife() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    connection.start(id);
    assertEquals(DomainState.RUNNING, state(id));
    assertTrue(connection.summary(id).number().isPresent());
    connection.suspend(id);
    assertEquals(DomainState.PAUSED, state(id));
    connection.resume(id);
    connection.reset(id);
    assertEquals(DomainState.RUNNING, state(id));
    connection.shutdown(id);
    assertEquals(DomainState.SHUTOFF, state(id));
    assertTrue(connection.summary(id).number().isEmpty());
  }

  @Test
  void refusesVerbsInTheWrongState() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    for (Executable verb :
        List.<Executable>of(
            () -> connection.destroy(id),
            () -> connection.suspend(id),
            () -> connection.resume(id),
            () -> connection.reset(id),
            () -> connection.shutdown(id),
            () -> connection.reboot(id))) {
      assertTrue(fails(ErrorCode.OPERATION_INVALID, verb).contains("shut off"));
    }
    connection.start(id);
    fails(ErrorCode.OPERATION_INVALID, () -> connection.start(id));
    fails(ErrorCode.OPERATION_INVALID, () -> connection.undefine(id));
  }

  @Test
  void saysWhichMachineIsNotThere() {
    DomainId id = new DomainId(UUID.randomUUID());
    assertTrue(fails(ErrorCode.NO_DOMAIN, () -> connection.summary(id)).contains(id.toString()));
    fails(ErrorCode.NO_DOMAIN, () -> connection.start(id));
    fails(ErrorCode.NO_DOMAIN, () -> connection.xml(id, XmlView.LIVE));
  }

  @Test
  void tellsSizeAndHost() throws Exception {
    DomainInfo info = connection.info(machine(DomainState.RUNNING));
    assertTrue(info.maxMemoryKiB() > 0 && info.memoryKiB() > 0 && info.vcpus() > 0);
    HypervisorInfo hypervisor = connection.hypervisor();
    assertEquals("ESX", hypervisor.type());
    assertEquals("6.5.0", hypervisor.version().toString());
    NodeInfo node = connection.nodeInfo();
    assertTrue(node.cpus() > 0 && node.memoryKiB() > 0 && node.mhz() > 0, node.toString());
    assertEquals("capabilities", SafeXml.tree("c", connection.capabilities()).name());
  }

  @Test
  void describesAMachineInDomainXml() throws Exception {
    DomainId id = machine(DomainState.RUNNING);
    DomainSummary summary = connection.summary(id);
    String live = connection.xml(id, XmlView.LIVE);
    assertTrue(live.contains("<name>" + summary.name() + "</name>"), live);
    assertTrue(live.contains("<uuid>" + id + "</uuid>"), live);
    assertTrue(live.contains(" id='" + summary.number().getAsInt() + "'"), live);
    assertTrue(live.contains("<source file='[LocalDS_0] "), live);
    assertTrue(live.contains("<source bridge='VM Network'/>"), live);
    assertFalse(connection.xml(id, XmlView.INACTIVE).contains(" id='"));
  }

  @Test
  void changesNameMemoryAndVcpus() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    String name = "50% of a/b + c";
    connection.facet(LifeVerbs.class, id).orElseThrow().rename(name);
    assertEquals(name, connection.summary(id).name());
    connection.facet(LifeVerbs.class, id).orElseThrow().rename("plain");
    connection.facet(MemoryVerbs.class, id).orElseThrow().setMaxMemory(65_537, Affects.CURRENT);
    connection.facet(VcpuVerbs.class, id).orElseThrow().setVcpus(3, Affects.CURRENT, Set.of());
    DomainInfo info = connection.info(id);
    assertEquals(68 << 10, info.maxMemoryKiB());
    assertEquals(3, info.vcpus());
    TuningVerbs tuning = connection.facet(TuningVerbs.class, id).orElseThrow();
    TypedParameters share =
        TypedParameters.builder().llong("limit", 500).integer("shares", -3).build();
    tuning.setParameters(Area.SCHEDULER, share, Affects.CURRENT);
    TypedParameters now = tuning.parameters(Area.SCHEDULER, Affects.CURRENT);
    assertEquals(500, now.number("limit").orElseThrow());
    assertEquals(-3, now.number("shares").orElseThrow());
  }

  @Test
  void keepsATreeOfSnapshots() throws Exception {
    DomainId id = machine(DomainState.RUNNING);
    SnapshotVerbs verbs = connection.facet(SnapshotVerbs.class, id).orElseThrow();
    verbs.createSnapshot("<domainsnapshot><name>a</name></domainsnapshot>", Set.of());
    verbs.createSnapshot(
        "<domainsnapshot><name>b</name><description>d</description></domainsnapshot>", Set.of());
    List<Snapshot> all = verbs.snapshots();
    assertEquals(List.of("a", "b"), all.stream().map(Snapshot::name).toList());
    assertEquals("a", all.get(1).parent().orElseThrow());
    assertEquals(Place.CURRENT, all.get(1).place());
    assertTrue(verbs.snapshotXml("b").contains("<description>d</description>"));
    fails(ErrorCode.NO_DOMAIN_SNAPSHOT, () -> verbs.snapshotXml("c"));
    verbs.revertToSnapshot("a", Set.of());
    verbs.deleteSnapshot("b", Set.of());
    verbs.deleteSnapshot("a", Set.of(DeleteFlag.CHILDREN));
    assertEquals(List.of(), verbs.snapshots());
  }

  @Test
  void makesAndMovesVolumes() throws Exception {
    StoragePools pools = connection.facet(StoragePools.class).orElseThrow();
    StoragePool pool = pools.storagePools().get(0);
    assertEquals("LocalDS_0", pool.name());
    assertTrue(pool.capacity() > 0 && pool.available() > 0, pool.toString());
    assertEquals("pool", SafeXml.tree("p", pools.storagePoolXml(pool.name())).name());
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    String xml = "<volume><name>new dir/d+1.vmdk</name><capacity unit='MiB'>4</capacity></volume>";
    volumes.createStorageVolume(pool.name(), xml);
    StorageVolume made = volumes.storageVolume(pool.name(), "new dir/d+1.vmdk");
    assertEquals("[LocalDS_0] new dir/d+1.vmdk", made.path());
    byte[] content = "content of %".getBytes(StandardCharsets.UTF_8);
    volumes.uploadStorageVolume(
        pool.name(), made.name(), new ByteArrayInputStream(content), content.length);
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    volumes.downloadStorageVolume(pool.name(), made.name(), back);
    assertEquals("content of %", back.toString(StandardCharsets.UTF_8));
    String copy = "<volume><name>copies/c.vmdk</name></volume>";
    volumes.cloneStorageVolume(pool.name(), copy, made.name());
    assertEquals("copies/c.vmdk", volumes.storageVolume(pool.name(), "copies/c.vmdk").name());
    volumes.deleteStorageVolume(pool.name(), "copies/c.vmdk");
    volumes.deleteStorageVolume(pool.name(), made.name());
    fails(ErrorCode.NO_STORAGE_VOL, () -> volumes.storageVolume(pool.name(), "new dir/d+1.vmdk"));
    fails(ErrorCode.NO_STORAGE_POOL, () -> volumes.storageVolumes("nowhere"));
  }

  @Test
  void listsSwitchesAsNetworks() throws Exception {
    Networks networks = connection.facet(Networks.class).orElseThrow();
    assertEquals("vSwitch0", networks.networks().get(0).name());
    String xml = networks.networkXml("vSwitch0");
    assertTrue(xml.contains("<portgroup name='VM Network'/>"), xml);
    fails(ErrorCode.NO_NETWORK, () -> networks.networkXml("none"));
  }

  @Test
  void definesAMachineByItsFile() throws Exception {
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    // The simulator registers only what lies beside a log and the firmware's memory.
    String disk = "<volume><name>m 1/m.vmdk</name><capacity unit='MiB'>4</capacity></volume>";
    volumes.createStorageVolume("LocalDS_0", disk);
    for (String file : List.of("m 1/vmware.log", "m 1/m 1.nvram")) {
      volumes.uploadStorageVolume("LocalDS_0", file, new ByteArrayInputStream(new byte[0]), 0);
    }
    String xml =
        """
        <domain type='vmware'>
          <name>m 1</name>
          <memory unit='MiB'>64</memory>
          <os><type>hvm</type></os>
          <devices><disk type='file' device='disk'>
            <source file='[LocalDS_0] m 1/m.vmdk'/><target dev='sda' bus='scsi'/>
          </disk></devices>
        </domain>
        """;
    DomainId id = connection.define(xml);
    assertEquals("m 1", connection.summary(id).name());
    String back = connection.xml(id, XmlView.INACTIVE);
    assertTrue(back.contains("<source file='[LocalDS_0] m 1/m.vmdk'/>"), back);
    assertTrue(back.contains("<memory unit='KiB'>65536</memory>"), back);
    assertTrue(fails(ErrorCode.OPERATION_FAILED, () -> connection.define(xml)).contains("exists"));
    connection.undefine(id);
    fails(ErrorCode.NO_DOMAIN, () -> connection.summary(id));
  }

  @Test
  void leavesNoFileOfAMachineThatTheHostRefuses() throws Exception {
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    String disk = "<volume><name>alone/m.vmdk</name><capacity unit='MiB'>4</capacity></volume>";
    volumes.createStorageVolume("LocalDS_0", disk);
    String xml =
        """
        <domain type='vmware'>
          <name>alone</name>
          <memory unit='MiB'>64</memory>
          <os><type>hvm</type></os>
          <devices><disk type='file' device='disk'>
            <source file='[LocalDS_0] alone/m.vmdk'/><target dev='sda' bus='scsi'/>
          </disk></devices>
        </domain>
        """;
    // The simulator wants files beside it that are not there.
    fails(ErrorCode.OPERATION_FAILED, () -> connection.define(xml));
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    String message =
        fails(
            ErrorCode.READ_FAILED,
            () -> volumes.downloadStorageVolume("LocalDS_0", "alone/alone.vmx", none));
    assertTrue(message.contains("404"), message);
  }

  @Test
  void tellsWhatHappens() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    EventLog events = new EventLog(Duration.ofSeconds(10));
    connection.subscribe(events);
    connection.start(id);
    events.await(id, List.of(Kind.STARTED_BOOTED));
    connection.suspend(id);
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.SUSPENDED_PAUSED));
    connection.resume(id);
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.SUSPENDED_PAUSED, Kind.RESUMED_UNPAUSED));
    connection.destroy(id);
    events.await(
        id,
        List.of(
            Kind.STARTED_BOOTED,
            Kind.SUSPENDED_PAUSED,
            Kind.RESUMED_UNPAUSED,
            Kind.STOPPED_SHUTDOWN));
  }

  @Test
  void checksTheCertificateUnlessToldNotTo() {
    String message = fails(ErrorCode.RPC, () -> driver.open(simulator.uri("esx", "/")).close());
    assertTrue(message.contains("certification path"), message);
  }

  @Test
  void believesTheAuthoritiesOfAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("ca.pem");
    try (SSLSocket socket =
        (SSLSocket)
            Trust.ofAnybody().getSocketFactory().createSocket("127.0.0.1", simulator.port)) {
      Certificate certificate = socket.getSession().getPeerCertificates()[0];
      Files.writeString(
          file,
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    }
    driver.open(simulator.uri("esx", "/?cacert=" + file)).close();
    Path missing = folder.resolve("missing.pem");
    String message =
        fails(
            ErrorCode.OPEN_FAILED,
            () -> driver.open(simulator.uri("esx", "/?cacert=" + missing)).close());
    assertTrue(message.contains("missing.pem"), message);
  }

  @Test
  void refusesAWrongPasswordAndProduct() throws Exception {
    EsxDriver other = new EsxDriver(Map.of("password.127.0.0.1", "wrong"));
    fails(ErrorCode.AUTH_FAILED, () -> other.open(simulator.uri("esx", "/?no_verify=1")).close());
    other.deactivate();
    String message =
        fails(
            ErrorCode.INVALID_ARG,
            () -> driver.open(simulator.uri("vpx", "/a/b?no_verify=1")).close());
    assertTrue(message.contains("/ha-datacenter/"), message);
  }
}
