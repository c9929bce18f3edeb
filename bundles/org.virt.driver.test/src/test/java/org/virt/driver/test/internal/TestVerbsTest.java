package org.virt.driver.test.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuModels.MachineKind;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.Occasion;
import org.virt.api.domain.LifeVerbs.Outcome;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MetadataVerbs.Kind;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;

/** Compared with {@code virsh -c test:///default} of libvirt 9.0.0. */
class TestVerbsTest {
  private final TestDriver driver = new TestDriver();
  private TestConnection connection;
  private DomainId id;

  @BeforeEach
  void open() throws VirtException {
    connection = (TestConnection) driver.open(URI.create("test:///default"));
    id = connection.domains().get(0).id();
  }

  @AfterEach
  void close() {
    connection.close();
    driver.deactivate();
  }

  private <F> F verbs(Class<F> type) {
    return connection.facet(type, id).orElseThrow();
  }

  private String xml(XmlView view) throws VirtException {
    return connection.xml(id, view);
  }

  private static String fails(ErrorCode code, org.junit.jupiter.api.function.Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  @Test
  void keepsNotes() throws VirtException {
    MetadataVerbs notes = verbs(MetadataVerbs.class);
    notes.setMetadata(Note.TITLE, Optional.of("t"), Affects.LIVE);
    assertEquals("t", notes.metadata(Note.TITLE, Affects.CURRENT));
    fails(ErrorCode.NO_DOMAIN_METADATA, () -> notes.metadata(Note.TITLE, Affects.CONFIG));
    fails(
        ErrorCode.INVALID_ARG,
        () -> notes.setMetadata(Note.TITLE, Optional.of("a\nb"), Affects.LIVE));
    Note element = new Note(Kind.ELEMENT, "k", "http://x.org/a");
    notes.setMetadata(element, Optional.of("<a><b/></a>"), Affects.CURRENT);
    assertTrue(xml(XmlView.LIVE).contains("<k:a xmlns:k='http://x.org/a'>"), xml(XmlView.LIVE));
    String read = notes.metadata(new Note(Kind.ELEMENT, "", "http://x.org/a"), Affects.CURRENT);
    assertEquals("<a>\n  <b/>\n</a>", read);
    notes.setMetadata(element, Optional.empty(), Affects.CURRENT);
    assertFalse(xml(XmlView.LIVE).contains("metadata"));
  }

  @Test
  void changesMemoryOfRunAndDefinition() throws VirtException {
    MemoryVerbs memory = verbs(MemoryVerbs.class);
    memory.setMemory(1_048_576, Affects.LIVE);
    assertEquals(1_048_576, connection.info(id).memoryKiB());
    assertTrue(xml(XmlView.INACTIVE).contains("<currentMemory unit='KiB'>2097152<"));
    fails(ErrorCode.OPERATION_INVALID, () -> memory.setMaxMemory(1_000_000, Affects.CURRENT));
    memory.setMaxMemory(1_000_000, Affects.CONFIG);
    assertTrue(xml(XmlView.INACTIVE).contains("<currentMemory unit='KiB'>1000000<"));
    assertEquals(
        "cannot set memory higher than max memory",
        fails(ErrorCode.INVALID_ARG, () -> memory.setMemory(9_437_184, Affects.LIVE)));
  }

  @Test
  void tellsDomainCapabilitiesOfItsOneKind() throws VirtException {
    CpuModels models = connection.facet(CpuModels.class).orElseThrow();
    String xml = models.domainCapabilities(MachineKind.ANY);
    assertTrue(xml.contains("<domain>test</domain>"), xml);
    MachineKind other =
        new MachineKind(Optional.empty(), Optional.of("s390x"), Optional.empty(), Optional.empty());
    fails(ErrorCode.INVALID_ARG, () -> models.domainCapabilities(other));
  }

  @Test
  void changesVirtualCpus() throws VirtException {
    VcpuVerbs vcpus = verbs(VcpuVerbs.class);
    vcpus.setVcpus(1, Affects.LIVE, Set.of());
    assertEquals(1, vcpus.vcpusFlags(Affects.LIVE, Set.of()));
    assertEquals(2, vcpus.vcpusFlags(Affects.LIVE, Set.of(VcpuFlag.MAXIMUM)));
    assertEquals(1, vcpus.vcpus().size());
    assertEquals(
        "requested cpu amount exceeds maximum (3 > 2)",
        fails(ErrorCode.INVALID_ARG, () -> vcpus.setVcpus(3, Affects.LIVE, Set.of())));
    vcpus.setVcpus(4, Affects.CONFIG, Set.of(VcpuFlag.MAXIMUM));
    assertEquals(4, vcpus.vcpusFlags(Affects.CONFIG, Set.of(VcpuFlag.MAXIMUM)));
    assertEquals(2, vcpus.vcpusFlags(Affects.CONFIG, Set.of()));
    vcpus.pinVcpu(0, CpuSet.parse("0-1"), Affects.LIVE);
    assertEquals("0-1", vcpus.vcpuPinInfo(Affects.LIVE).get(0).toString());
    assertEquals("0-7", vcpus.vcpuPinInfo(Affects.LIVE).get(1).toString());
    vcpus.pinEmulator(CpuSet.parse("2"), Affects.LIVE);
    assertEquals("2", vcpus.emulatorPinInfo(Affects.LIVE).toString());
    assertTrue(xml(XmlView.LIVE).contains("<emulatorpin cpuset='2'/>"));
  }

  @Test
  void changesThreadsForDisks() throws VirtException {
    IoThreadVerbs threads = verbs(IoThreadVerbs.class);
    threads.addIoThread(3, Affects.CONFIG);
    threads.pinIoThread(3, CpuSet.parse("1"), Affects.CONFIG);
    assertEquals("1", threads.ioThreadInfo(Affects.CONFIG).get(0).cpus().toString());
    fails(ErrorCode.INVALID_ARG, () -> threads.addIoThread(3, Affects.CONFIG));
    assertTrue(xml(XmlView.INACTIVE).contains("<iothreads>1</iothreads>"));
    threads.delIoThread(3, Affects.CONFIG);
    assertFalse(xml(XmlView.INACTIVE).contains("iothread"), xml(XmlView.INACTIVE));
    fails(ErrorCode.INVALID_ARG, () -> threads.delIoThread(3, Affects.CONFIG));
  }

  @Test
  void tunes() throws VirtException {
    TuningVerbs tuning = verbs(TuningVerbs.class);
    tuning.setParameters(
        Area.MEMORY,
        TypedParameters.builder().ullong("hard_limit", 1_000_000).build(),
        Affects.LIVE);
    assertEquals(
        1_000_000, tuning.parameters(Area.MEMORY, Affects.LIVE).number("hard_limit").orElseThrow());
    tuning.setDeviceParameters(
        DeviceArea.INTERFACE,
        "testnet0",
        TypedParameters.builder().uint("inbound.average", 100).uint("inbound.peak", 200).build(),
        Affects.LIVE);
    assertTrue(xml(XmlView.LIVE).contains("<inbound average='100' peak='200'/>"));
    tuning.setParameters(
        Area.BLKIO,
        TypedParameters.builder().string("device_weight", "/dev/sda,300,/dev/sdb,400").build(),
        Affects.CONFIG);
    assertEquals(
        "/dev/sda,300,/dev/sdb,400",
        tuning.parameters(Area.BLKIO, Affects.CONFIG).string("device_weight").orElseThrow());
    fails(
        ErrorCode.INVALID_ARG,
        () ->
            tuning.setDeviceParameters(
                DeviceArea.BLOCK_IO,
                "vda",
                TypedParameters.builder()
                    .ullong("total_bytes_sec", 5)
                    .ullong("read_bytes_sec", 5)
                    .build(),
                Affects.LIVE));
    fails(
        ErrorCode.INVALID_ARG,
        () ->
            tuning.setParameters(
                Area.MEMORY, TypedParameters.builder().ullong("x", 1).build(), Affects.LIVE));
  }

  @Test
  void changesDevices() throws VirtException {
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    String disk = "<disk type='file'><source file='/a'/><target dev='vdb' bus='virtio'/></disk>";
    devices.attachDevice(disk, Affects.LIVE_AND_CONFIG);
    fails(ErrorCode.OPERATION_FAILED, () -> devices.attachDevice(disk, Affects.LIVE));
    devices.updateDevice(disk.replace("/a", "/b"), Affects.LIVE, DeviceVerbs.Force.NO);
    assertTrue(xml(XmlView.LIVE).contains("<source file='/b'/>"));
    assertTrue(xml(XmlView.INACTIVE).contains("<source file='/a'/>"));
    devices.detachDevice(disk, Affects.LIVE);
    fails(ErrorCode.DEVICE_MISSING, () -> devices.detachDevice(disk, Affects.LIVE));
    assertTrue(xml(XmlView.INACTIVE).contains("vdb"));
  }

  @Test
  void savesAndRestores(@TempDir Path folder) throws VirtException {
    String image = folder.resolve("image").toString();
    SaveVerbs saves = verbs(SaveVerbs.class);
    SavedImages images = connection.facet(SavedImages.class).orElseThrow();
    saves.save(image, Optional.empty(), Set.of(SaveVerbs.SaveFlag.PAUSED));
    assertEquals(DomainState.SHUTOFF, connection.summary(id).status().state());
    assertTrue(images.saveImageXml(image, Passwords.LEFT_OUT).contains("<name>test</name>"));
    images.restore(image, Optional.empty(), Set.of());
    assertEquals(DomainState.PAUSED, connection.summary(id).status().state());
    saves.managedSave(Set.of());
    assertTrue(saves.hasManagedSaveImage());
    fails(ErrorCode.OPERATION_INVALID, () -> verbs(LifeVerbs.class).undefine(Set.of()));
    connection.start(id);
    assertFalse(saves.hasManagedSaveImage());
    fails(ErrorCode.SYSTEM_ERROR, () -> images.saveImageXml("/does/not/exist", Passwords.SHOWN));
  }

  @Test
  void startsWithFlagsAndRenames() throws VirtException {
    LifeVerbs life = verbs(LifeVerbs.class);
    fails(ErrorCode.OPERATION_INVALID, () -> life.rename("b"));
    life.destroy(Set.of());
    life.rename("b");
    assertEquals("b", connection.summary(id).name());
    assertTrue(xml(XmlView.INACTIVE).contains("<name>b</name>"));
    fails(ErrorCode.OPERATION_INVALID, () -> life.rename("b"));
    life.create(Set.of(StartFlag.PAUSED, StartFlag.AUTODESTROY));
    assertEquals(DomainState.PAUSED, connection.summary(id).status().state());
    TestConnection other = (TestConnection) driver.open(URI.create("test:///default"));
    connection.close();
    assertEquals(DomainState.SHUTOFF, other.summary(id).status().state());
  }

  @Test
  void setsWhatEndsOfTheGuestMean() throws VirtException {
    LifeVerbs life = verbs(LifeVerbs.class);
    life.setLifecycleAction(Occasion.CRASH, Outcome.COREDUMP_RESTART, Affects.LIVE);
    life.setLifecycleAction(Occasion.POWEROFF, Outcome.RENAME_RESTART, Affects.CONFIG);
    assertTrue(xml(XmlView.LIVE).contains("<on_crash>coredump-restart</on_crash>"));
    assertFalse(xml(XmlView.LIVE).contains("rename-restart"));
    assertTrue(xml(XmlView.INACTIVE).contains("<on_poweroff>rename-restart</on_poweroff>"));
    fails(
        ErrorCode.INVALID_ARG,
        () -> life.setLifecycleAction(Occasion.REBOOT, Outcome.COREDUMP_DESTROY, Affects.CONFIG));
  }

  @Test
  void tellsFigures() throws VirtException {
    StatisticsVerbs statistics = verbs(StatisticsVerbs.class);
    assertTrue(statistics.blockStats("vda").number("rd_bytes").orElseThrow() > 0);
    fails(ErrorCode.INVALID_ARG, () -> statistics.blockStats("vdx"));
    assertTrue(statistics.interfaceStats("testnet0").received().bytes() > 0);
    BulkStatistics bulk = connection.facet(BulkStatistics.class).orElseThrow();
    var all = bulk.domainStats(List.of(), Set.of(), Set.of());
    assertEquals(1L, all.get(0).parameters().number("state.state").orElseThrow());
    assertEquals(
        List.of(),
        bulk.domainStats(List.of(), Set.of(), Set.of(BulkStatistics.StatsFilter.INACTIVE)));
  }
}
