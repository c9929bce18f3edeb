package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuModels.MachineKind;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.QemuVerbs.Language;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SaveVerbs.DumpFlag;
import org.virt.api.domain.SaveVerbs.DumpFormat;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.SecretVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;
import org.virt.api.xml.SafeXml;
import org.virt.common.process.Command;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;
import org.virt.test.host.lab.Lab;

/** Verbs of machines without a guest, on a real QEMU. */
class QemuVerbsTest extends QemuFixture {
  private static final String VIDEO =
      "<video><model type='vga'/></video><graphics type='vnc' autoport='yes'/>";

  private <F> F verbs(Class<F> type) {
    return ((Facets) connection).facet(type, id).orElseThrow();
  }

  private <F> F host(Class<F> type) {
    return ((Facets) connection).facet(type).orElseThrow();
  }

  private static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  private String live() throws VirtException {
    return connection.xml(id, XmlView.LIVE);
  }

  private String kept() throws VirtException {
    return connection.xml(id, XmlView.INACTIVE);
  }

  private Path image(String name, String format) throws VirtException {
    Path file = home.resolve(name);
    Command.of("qemu-img", "create", "-q", "-f", format, file.toString(), "4M")
        .withLimit(LIMIT)
        .run();
    return file;
  }

  private static String disk(Path file, String target, String bus) {
    String format = file.toString().endsWith("qcow2") ? "qcow2" : "raw";
    return "<disk type='file' device='disk'><driver name='qemu' type='%s'/><source file='%s'/>"
            .formatted(format, file)
        + "<target dev='%s' bus='%s'/></disk>".formatted(target, bus);
  }

  private String monitor(String command) throws VirtException {
    return verbs(QemuVerbs.class).monitorCommand(command, Language.HMP);
  }

  @Test
  void keepsNotesOfRunAndDefinition() throws Exception {
    define("a", "");
    connection.start(id);
    MetadataVerbs notes = verbs(MetadataVerbs.class);
    notes.setMetadata(Note.TITLE, Optional.of("run"), Affects.LIVE);
    notes.setMetadata(Note.DESCRIPTION, Optional.of("both"), Affects.LIVE_AND_CONFIG);
    assertTrue(live().contains("<title>run</title>"));
    assertFalse(kept().contains("<title>"));
    restartDriver();
    assertTrue(live().contains("<title>run</title>"));
    assertTrue(live().contains("<description>both</description>"));
    assertTrue(kept().contains("<description>both</description>"));
  }

  @Test
  void renamesWithAllThatIsKept() throws Exception {
    define("a", "");
    connection.start(id);
    LifeVerbs life = verbs(LifeVerbs.class);
    fails(ErrorCode.OPERATION_INVALID, () -> life.rename("b"));
    verbs(SaveVerbs.class).managedSave(Set.of());
    life.rename("b");
    restartDriver();
    assertEquals("b", connection.summary(id).name());
    assertTrue(verbs(SaveVerbs.class).hasManagedSaveImage());
    assertEquals(1, connection.domains().size());
    fails(ErrorCode.XML_ERROR, () -> verbs(LifeVerbs.class).rename("../b"));
    verbs(LifeVerbs.class).undefine(Set.of(UndefineFlag.MANAGED_SAVE));
  }

  @Test
  void startsPausedAndEndsWithItsConnection() throws Exception {
    define("a", "");
    DriverConnection mine = driver.open(QemuMachines.SYSTEM);
    ((Facets) mine)
        .facet(LifeVerbs.class, id)
        .orElseThrow()
        .create(Set.of(StartFlag.PAUSED, StartFlag.AUTODESTROY));
    assertEquals(Reason.PAUSED_BY_USER, connection.summary(id).status().reason());
    assertTrue(monitor("info status").contains("paused"));
    mine.close();
    assertEquals(DomainState.SHUTOFF, connection.summary(id).status().state());
    assertFalse(hasProcess());
    events.await(
        id,
        List.of(
            Kind.DEFINED_ADDED,
            Kind.STARTED_BOOTED,
            Kind.SUSPENDED_PAUSED,
            Kind.STOPPED_DESTROYED));
  }

  @Test
  void savesAndRestores() throws Exception {
    define("a", "<graphics type='vnc' passwd='secret'/>");
    connection.start(id);
    String image = home.resolve("a.save").toString();
    verbs(SaveVerbs.class).save(image, Optional.empty(), Set.of());
    assertEquals(Reason.SAVED, connection.summary(id).status().reason());
    assertFalse(hasProcess());
    SavedImages images = host(SavedImages.class);
    assertFalse(images.saveImageXml(image, Passwords.LEFT_OUT).contains("secret"));
    String xml = images.saveImageXml(image, Passwords.SHOWN);
    images.saveImageDefineXml(image, xml.replace("</name>", "</name><title>t</title>"), Set.of());
    images.restore(image, Optional.empty(), Set.of());
    assertEquals(Reason.RESTORED, connection.summary(id).status().reason());
    assertTrue(live().contains("<title>t</title>"));
    assertTrue(verbs(SecretVerbs.class).xmlWithSecrets(XmlView.LIVE).contains("passwd='secret'"));
    assertTrue(monitor("info status").contains("running"));
    events.await(
        id,
        List.of(
            Kind.DEFINED_ADDED,
            Kind.STARTED_BOOTED,
            Kind.SUSPENDED_PAUSED,
            Kind.STOPPED_SAVED,
            Kind.STARTED_RESTORED));
    fails(
        ErrorCode.OPERATION_FAILED,
        () -> images.saveImageXml(home.resolve("qemu/a.xml").toString(), Passwords.SHOWN));
  }

  @Test
  void goesOnWhenItCannotBeSaved() throws Exception {
    define("a", "");
    connection.start(id);
    fails(
        ErrorCode.WRITE_FAILED,
        () -> verbs(SaveVerbs.class).save("/dev/full/x", Optional.empty(), Set.of()));
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    assertTrue(monitor("info status").contains("running"));
  }

  @Test
  void keepsAManagedSaveForTheNextStart() throws Exception {
    define("a", "");
    connection.start(id);
    SaveVerbs saves = verbs(SaveVerbs.class);
    saves.managedSave(Set.of());
    restartDriver();
    SaveVerbs later = verbs(SaveVerbs.class);
    assertTrue(later.hasManagedSaveImage());
    fails(ErrorCode.OPERATION_INVALID, () -> connection.undefine(id));
    connection.start(id);
    assertEquals(Reason.RESTORED, connection.summary(id).status().reason());
    assertFalse(later.hasManagedSaveImage());
    later.managedSave(Set.of());
    verbs(LifeVerbs.class).create(Set.of(StartFlag.FORCE_BOOT));
    assertEquals(Reason.BOOTED, connection.summary(id).status().reason());
    assertFalse(later.hasManagedSaveImage());
  }

  @Test
  void dumpsMemory() throws Exception {
    define("a", "");
    connection.start(id);
    Path core = home.resolve("core");
    SaveVerbs saves = verbs(SaveVerbs.class);
    saves.coreDump(core.toString(), DumpFormat.RAW, Set.of(DumpFlag.MEMORY_ONLY));
    assertTrue(Files.size(core) > 32 << 20);
    assertEquals("\u007fELF", new String(Files.readAllBytes(core), 0, 4, "ISO-8859-1"));
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    saves.coreDump(core.toString(), DumpFormat.RAW, Set.of(DumpFlag.CRASH));
    assertEquals(Reason.PROCESS_CRASHED, connection.summary(id).status().reason());
  }

  @Test
  void plugsDisksInAndOut() throws Exception {
    define("a", "<controller type='scsi' index='0' model='virtio-scsi'/><serial type='pty'/>");
    connection.start(id);
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    String one = disk(image("one.qcow2", "qcow2"), "sda", "scsi");
    String two = disk(image("two", "raw"), "sdb", "scsi");
    String virtio = disk(image("three", "raw"), "vda", "virtio");
    devices.attachDevice(one, Affects.LIVE_AND_CONFIG);
    devices.attachDevice(two, Affects.LIVE);
    devices.attachDevice(virtio, Affects.LIVE);
    assertTrue(monitor("info block").contains("three"), monitor("info block"));
    assertTrue(live().contains("<alias name='virtio-disk0'/>"), live());
    assertTrue(kept().contains("one.qcow2") && !kept().contains("/two"));
    assertEquals(2, live().split("<console ", -1).length, live());
    String told = fails(ErrorCode.OPERATION_FAILED, () -> devices.attachDevice(two, Affects.LIVE));
    assertTrue(told.contains("target sdb already exists"), told);
    devices.detachDevice(one, Affects.LIVE);
    assertFalse(live().contains("one.qcow2"));
    assertFalse(monitor("info block -n").contains("one.qcow2"), monitor("info block -n"));
    devices.attachDevice(one, Affects.LIVE);
    restartDriver();
    assertTrue(live().contains("one.qcow2") && live().contains("/two"));
    StatisticsVerbs stats = verbs(StatisticsVerbs.class);
    assertEquals(4 << 20, stats.blockInfo("sda").capacity());
    assertTrue(stats.blockStats("vda").number("rd_bytes").isPresent());
  }

  @Test
  void leavesNothingOfADeviceThatQemuRefuses() throws Exception {
    define("a", "");
    connection.start(id);
    String before = live();
    String missing = disk(Path.of("/does/not/exist"), "vda", "virtio");
    fails(
        ErrorCode.OPERATION_FAILED,
        () -> verbs(DeviceVerbs.class).attachDevice(missing, Affects.LIVE));
    assertEquals(before, live());
    assertEquals("", monitor("info block -n").strip());
  }

  @Test
  void changesMedia() throws Exception {
    Path disc = image("disc", "raw");
    define(
        "a",
        "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
            + "<target dev='hda' bus='ide'/></disk>");
    connection.start(id);
    String full =
        "<disk type='file' device='cdrom'><source file='"
            + disc
            + "'/><target dev='hda' bus='ide'/></disk>";
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    devices.updateDevice(full, Affects.LIVE, Force.NO);
    assertTrue(live().contains("<source file='" + disc + "'/>"), live());
    assertTrue(monitor("info block").contains(disc.toString()));
    String empty = full.replaceFirst("<source[^>]*>", "");
    devices.updateDevice(empty, Affects.LIVE, Force.NO);
    assertFalse(live().contains(disc.toString()));
    assertFalse(monitor("info block -n").contains(disc.toString()), monitor("info block -n"));
  }

  @Test
  void changesVirtualCpusAndWhereTheyRun() throws Exception {
    define("a", "");
    VcpuVerbs vcpus = verbs(VcpuVerbs.class);
    vcpus.setVcpus(3, Affects.CONFIG, Set.of(VcpuFlag.MAXIMUM));
    vcpus.pinVcpu(0, CpuSet.parse("1"), Affects.CONFIG);
    connection.start(id);
    assertEquals("1", vcpus.vcpus().get(0).affinity().toString());
    vcpus.setVcpus(2, Affects.LIVE, Set.of());
    assertEquals(2, vcpus.vcpus().size());
    assertEquals(2, vcpus.vcpusFlags(Affects.LIVE, Set.of()));
    assertEquals(3, vcpus.vcpusFlags(Affects.LIVE, Set.of(VcpuFlag.MAXIMUM)));
    assertEquals(2, connection.info(id).vcpus());
    vcpus.pinVcpu(1, CpuSet.parse("0"), Affects.LIVE);
    assertEquals("0", vcpus.vcpus().get(1).affinity().toString());
    vcpus.pinEmulator(CpuSet.parse("1"), Affects.LIVE);
    assertEquals("0", vcpus.vcpus().get(1).affinity().toString());
    fails(ErrorCode.INVALID_ARG, () -> vcpus.setVcpus(9, Affects.LIVE, Set.of()));
  }

  @Test
  void tunes() throws Exception {
    Path file = image("one", "raw");
    define("a", disk(file, "vda", "virtio"));
    TuningVerbs tuning = verbs(TuningVerbs.class);
    connection.start(id);
    TypedParameters limit = TypedParameters.builder().ullong("total_iops_sec", 500).build();
    tuning.setDeviceParameters(DeviceArea.BLOCK_IO, "vda", limit, Affects.LIVE);
    assertTrue(monitor("info block").contains("iops=500"), monitor("info block"));
    assertTrue(live().contains("<total_iops_sec>500</total_iops_sec>"));
    TypedParameters shares = TypedParameters.builder().ullong("cpu_shares", 2048).build();
    tuning.setParameters(Area.SCHEDULER, shares, Affects.CONFIG);
    assertTrue(kept().contains("<shares>2048</shares>"));
    IoThreadVerbs threads = verbs(IoThreadVerbs.class);
    threads.addIoThread(1, Affects.LIVE);
    threads.pinIoThread(1, CpuSet.parse("0"), Affects.LIVE);
    assertTrue(monitor("info iothreads").contains("iothread1"));
    threads.delIoThread(1, Affects.LIVE);
    assertEquals(List.of(), threads.ioThreadInfo(Affects.LIVE));
  }

  @Test
  void pullsCopiesCommitsAndResizes() throws Exception {
    Path base = image("base.qcow2", "qcow2");
    Path top = home.resolve("top.qcow2");
    Command.of(
            "qemu-img",
            "create",
            "-q",
            "-f",
            "qcow2",
            "-b",
            base.toString(),
            "-F",
            "qcow2",
            top.toString())
        .withLimit(LIMIT)
        .run();
    define("a", disk(top, "vda", "virtio"));
    connection.start(id);
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    jobs.blockResize("vda", 8 << 20);
    assertEquals(8 << 20, verbs(StatisticsVerbs.class).blockInfo("vda").capacity());
    Path copy = home.resolve("copy.qcow2");
    jobs.blockCopy(
        "vda",
        "<disk type='file'><source file='" + copy + "'/></disk>",
        TypedParameters.builder().build(),
        Set.of());
    Lab.await("it is copied", () -> isReady(jobs));
    assertEquals(BlockJobType.COPY, jobs.blockJobInfo("vda").orElseThrow().type());
    fails(ErrorCode.BLOCK_COPY_ACTIVE, () -> jobs.blockPull("vda", "", 0, Set.of()));
    jobs.blockJobAbort("vda", Set.of(AbortFlag.PIVOT));
    assertTrue(live().contains(copy.toString()), live());
    assertTrue(monitor("info block").contains(copy.toString()));
    jobs.blockPull("vda", "", 0, Set.of());
    Lab.await("it is pulled", () -> job(jobs).isEmpty());
    fails(ErrorCode.INVALID_ARG, () -> jobs.blockJobAbort("vda", Set.of()));
    jobs.setBlockThreshold("vda", 1 << 20);
  }

  private static Optional<BlockJobVerbs.BlockJob> job(BlockJobVerbs jobs) {
    try {
      return jobs.blockJobInfo("vda");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isReady(BlockJobVerbs jobs) {
    return job(jobs).filter(job -> job.current() == job.end() && job.end() > 0).isPresent();
  }

  @Test
  void showsItsScreenAndTakesKeys() throws Exception {
    define("a", VIDEO);
    connection.start(id);
    ScreenVerbs screen = verbs(ScreenVerbs.class);
    byte[] picture = screen.screenshot(0).content();
    assertEquals("PNG", new String(picture, 1, 3, "ISO-8859-1"));
    fails(ErrorCode.INVALID_ARG, () -> screen.screenshot(5));
    screen.sendKey(ScreenVerbs.KeyCodes.LINUX, List.of(29, 56, 111), Duration.ofMillis(20));
    fails(
        ErrorCode.INVALID_ARG,
        () -> screen.sendKey(ScreenVerbs.KeyCodes.LINUX, List.of(9999), Duration.ZERO));
    screen.injectNmi();
  }

  @Test
  void tellsFiguresOfAllInOnePass() throws Exception {
    define("a", disk(image("one", "raw"), "vda", "virtio"));
    connection.start(id);
    var all = host(BulkStatistics.class).domainStats(List.of(), Set.of(), Set.of());
    TypedParameters stats = all.get(0).parameters();
    assertEquals(1, stats.number("state.state").orElseThrow());
    assertEquals(1, stats.number("block.count").orElseThrow());
    assertEquals("vda", stats.string("block.0.name").orElseThrow());
    assertEquals(4 << 20, stats.number("block.0.capacity").orElseThrow());
    assertEquals(1, stats.number("vcpu.current").orElseThrow());
    assertTrue(stats.number("cpu.time").orElseThrow() > 0);
    assertTrue(verbs(MemoryVerbs.class).memoryStats().size() >= 2);
    assertEquals(
        StatisticsVerbs.ControlState.OK, verbs(StatisticsVerbs.class).controlInfo().state());
  }

  @Test
  void tellsWhatMachinesMayHave() throws Exception {
    CpuModels models = host(CpuModels.class);
    assertTrue(models.domainCapabilities(MachineKind.ANY).startsWith("<domainCapabilities>"));
    MachineKind emulated =
        new MachineKind(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("qemu"));
    String xml = models.domainCapabilities(emulated);
    assertEquals("domainCapabilities", SafeXml.tree("capabilities", xml).name());
    assertTrue(xml.contains("<machine>pc-i440fx-"), xml);
    assertTrue(xml.contains(">qemu64</model>"), xml);
    assertTrue(models.cpuModelNames("x86_64").contains("qemu64"));
    MachineKind wrong =
        new MachineKind(
            Optional.empty(), Optional.empty(), Optional.of("nothing"), Optional.of("qemu"));
    fails(ErrorCode.INVALID_ARG, () -> models.domainCapabilities(wrong));
  }

  @Test
  void answersAsTheMonitorDoes() throws Exception {
    define("a", "");
    connection.start(id);
    QemuVerbs qemu = verbs(QemuVerbs.class);
    String answer = qemu.monitorCommand("{\"execute\":\"query-kvm\"}", Language.QMP);
    assertTrue(answer.startsWith("{\"return\":{"), answer);
    assertTrue(
        qemu.monitorCommand("{\"execute\":\"nonsense\"}", Language.QMP).contains("\"error\""));
    fails(ErrorCode.INVALID_ARG, () -> qemu.monitorCommand("info", Language.QMP));
  }

  @Test
  void refusesVerbsOfWhatDoesNotRun() throws Exception {
    DomainId defined = define("a", "");
    assertEquals(id, defined);
    fails(
        ErrorCode.OPERATION_INVALID, () -> verbs(MemoryVerbs.class).setMemory(1024, Affects.LIVE));
    fails(ErrorCode.OPERATION_INVALID, () -> verbs(ScreenVerbs.class).screenshot(0));
    fails(ErrorCode.OPERATION_INVALID, () -> verbs(SaveVerbs.class).managedSave(Set.of()));
    verbs(MemoryVerbs.class).setMaxMemory(65536, Affects.CURRENT);
    assertEquals(65536, connection.info(id).maxMemoryKiB());
  }
}
