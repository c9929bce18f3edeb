package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuModels.Comparison;
import org.virt.api.domain.CpuModels.MachineKind;
import org.virt.api.domain.HostCpuVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.Occasion;
import org.virt.api.domain.LifeVerbs.Outcome;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.QemuVerbs.Language;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/** Verbs of machines without a guest, on a real QEMU. */
class QemuVerbsTest extends QemuFixture {
  private static final String VIDEO =
      "<video><model type='vga'/></video><graphics type='vnc' autoport='yes'/>";

  @Test
  void wantsThePowerButtonWhereNoAgentListens() throws Exception {
    String agent = "<target type='virtio' name='org.qemu.guest_agent.0'/>";
    String xml = QemuMachines.xml("a", uuid, "<channel type='unix'>" + agent + "</channel>");
    connection.define(xml.replace("<features><acpi/></features>", ""));
    connection.start(id);
    LifeVerbs life = verbs(LifeVerbs.class);
    String why = fails(ErrorCode.OPERATION_UNSUPPORTED, () -> life.shutdown(Set.of()));
    assertTrue(why.contains("no power button"), why);
    fails(ErrorCode.OPERATION_UNSUPPORTED, () -> life.reboot(Set.of()));
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
  void endsARunAsItIsToldToMeanwhile() throws Exception {
    define("a", "");
    connection.start(id);
    LifeVerbs life = verbs(LifeVerbs.class);
    fails(
        ErrorCode.CONFIG_UNSUPPORTED,
        () -> life.setLifecycleAction(Occasion.REBOOT, Outcome.RENAME_RESTART, Affects.LIVE));
    life.setLifecycleAction(Occasion.REBOOT, Outcome.DESTROY, Affects.LIVE);
    assertTrue(live().contains("<on_reboot>destroy</on_reboot>"));
    assertTrue(kept().contains("<on_reboot>restart</on_reboot>"));
    monitor("system_reset"); // of a guest's own making QEMU says the same
    events.awaitLast(id, Kind.STOPPED_SHUTDOWN);
    assertFalse(hasProcess());
  }

  @Test
  void tellsADefinitionFromThatOfTheRun() throws Exception {
    define("a", "");
    LifeVerbs life = verbs(LifeVerbs.class);
    assertFalse(life.isUpdated());
    connection.start(id);
    assertFalse(life.isUpdated());
    verbs(MetadataVerbs.class).setMetadata(Note.TITLE, Optional.of("run"), Affects.LIVE);
    assertFalse(life.isUpdated());
    life.setLifecycleAction(Occasion.CRASH, Outcome.PRESERVE, Affects.CONFIG);
    assertTrue(life.isUpdated());
    restartDriver();
    assertTrue(verbs(LifeVerbs.class).isUpdated());
    connection.destroy(id);
    assertFalse(verbs(LifeVerbs.class).isUpdated());
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
  void tellsFiguresOfMachinesThatDoNotRun() throws Exception {
    String drive = "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>";
    define("a", disk(image("one.qcow2", "qcow2"), "vda", "virtio") + drive);
    var all = host(BulkStatistics.class).domainStats(List.of(), Set.of(), Set.of());
    TypedParameters stats = all.get(0).parameters();
    assertEquals(5, stats.number("state.state").orElseThrow());
    assertEquals(32 << 10, stats.number("balloon.current").orElseThrow());
    assertEquals(1, stats.number("vcpu.current").orElseThrow());
    assertEquals(2, stats.number("block.count").orElseThrow());
    assertEquals("vda", stats.string("block.0.name").orElseThrow());
    assertEquals(home.resolve("one.qcow2").toString(), stats.string("block.0.path").orElseThrow());
    assertEquals(4 << 20, stats.number("block.0.capacity").orElseThrow());
    long physical = Files.size(home.resolve("one.qcow2"));
    assertEquals(physical, stats.number("block.0.physical").orElseThrow());
    assertTrue(stats.number("block.0.allocation").isPresent());
    assertEquals("hda", stats.string("block.1.name").orElseThrow());
    assertTrue(stats.find("block.1.capacity").isEmpty());
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
  void comparesCpus() throws Exception {
    CpuModels models = host(CpuModels.class);
    MachineKind kind =
        new MachineKind(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("qemu"));
    XmlElement told = SafeXml.tree("capabilities", connection.capabilities());
    XmlElement own = told.child("host").orElseThrow().child("cpu").orElseThrow();
    XmlWriter printed = new XmlWriter();
    own.write(printed);
    assertEquals(Comparison.IDENTICAL, models.compareCpu(printed.toString()));
    String plain = "<cpu mode='custom' match='exact'><model>qemu64</model></cpu>";
    assertEquals(Comparison.SUPERSET, models.compareHypervisorCpu(kind, plain));
    String pair = models.baselineCpu(List.of(cpu("Penryn"), cpu("Westmere")), Set.of());
    assertTrue(pair.contains("<model fallback='allow'>Penryn</model>"), pair);
    assertTrue(
        models
            .baselineHypervisorCpu(kind, List.of(cpu("Westmere"), cpu("Penryn")), Set.of())
            .contains("<model fallback='forbid'>Penryn</model>"));
    fails(ErrorCode.INTERNAL_ERROR, () -> models.compareCpu(cpu("Nobody")));
  }

  private static String cpu(String model) {
    return "<cpu><arch>x86_64</arch><model>" + model + "</model></cpu>";
  }

  @Test
  void givesAMachineTheHostsCpuByName() throws Exception {
    String xml = QemuMachines.xml("a", uuid, "");
    connection.define(xml.replace("<devices>", "<cpu mode='host-model'/><devices>"));
    String before = verbs(HostCpuVerbs.class).xmlWithHostCpu(XmlView.INACTIVE);
    assertTrue(before.contains("<cpu mode='custom' match='exact' check='partial'>"), before);
    connection.start(id);
    assertEquals(model(before), model(connection.xml(id, XmlView.LIVE)));
    assertTrue(connection.xml(id, XmlView.INACTIVE).contains("<cpu mode='host-model'"));
  }

  private static String model(String xml) throws Exception {
    XmlElement cpu = SafeXml.tree("domain", xml).child("cpu").orElseThrow();
    return cpu.child("model").orElseThrow().text();
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
