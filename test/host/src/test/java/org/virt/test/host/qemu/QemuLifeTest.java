package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.spi.driver.Autostarts;
import org.virt.test.host.lab.Lab;

class QemuLifeTest extends QemuFixture {
  @Test
  void doesWhatAPanicOfTheGuestIsToMean() throws Exception {
    String panic = "<panic model='isa'/>";
    connection.define(
        QemuMachines.xml("panic", uuid, panic)
            .replace("<devices>", "<on_crash>preserve</on_crash><devices>"));
    connection.start(id);
    monitor("o /b 0x505 1"); // what the driver of this device does in a guest
    events.awaitLast(id, Kind.CRASHED_PANICKED);
    assertEquals(Reason.GUEST_CRASHED, connection.summary(id).status().reason());
    connection.destroy(id);

    connection.define(
        QemuMachines.xml("panic", uuid, panic)
            .replace("<devices>", "<on_crash>restart</on_crash><devices>"));
    connection.start(id);
    monitor("o /b 0x505 1");
    events.awaitLast(id, Kind.CRASHED_PANICKED);
    Lab.await("it runs again", this::runsInQemu);
    Lab.await("it is told to", this::isRunning);
    connection.destroy(id);

    connection.define(QemuMachines.xml("panic", uuid, panic));
    connection.start(id);
    monitor("o /b 0x505 1");
    events.awaitLast(id, Kind.STOPPED_CRASHED);
    assertFalse(hasProcess());
  }

  @ParameterizedTest
  @ValueSource(strings = {"coredump-destroy", "coredump-restart"})
  void writesDownTheMemoryOfAGuestThatPanicked(String action) throws Exception {
    connection.define(
        QemuMachines.xml("panic", uuid, "<panic model='isa'/>")
            .replace("<devices>", "<on_crash>" + action + "</on_crash><devices>"));
    connection.start(id);
    monitor("o /b 0x505 1");
    if (action.endsWith("restart")) {
      events.awaitLast(id, Kind.CRASHED_PANICKED);
      Lab.await("it runs again", this::runsInQemu);
      Lab.await("it is told to", this::isRunning);
    } else {
      events.awaitLast(id, Kind.STOPPED_CRASHED);
      assertFalse(hasProcess());
    }
    try (Stream<Path> dumps = Files.list(home.resolve("qemu/dump"))) {
      Path dump = dumps.findFirst().orElseThrow();
      assertTrue(dump.getFileName().toString().startsWith("panic-"), dump.toString());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dump)));
      byte[] head = new byte[4];
      try (InputStream in = Files.newInputStream(dump)) {
        assertEquals(head.length, in.readNBytes(head, 0, head.length));
      }
      assertEquals("\u007fELF", new String(head, StandardCharsets.US_ASCII));
      assertTrue(Files.size(dump) > 32 << 20, "all of its memory");
    }
  }

  /** A guest that has panicked stands still before the command that made it returns. */
  private boolean runsInQemu() {
    try {
      return monitor("info status").equals("VM status: running");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isRunning() {
    try {
      return connection.summary(id).status().state() == DomainState.RUNNING;
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void reportsAQemuThatDiesWithItsLastLines() throws Exception {
    define("life", "");
    connection.start(id);
    Path log = home.resolve("qemu/log/life.log");
    Files.writeString(
        log, Files.readString(log) + "one\ntwo\u001b[31m\nthree\nfour\nfive\nlast words\n");
    process().destroyForcibly();
    events.await(id, List.of(Kind.DEFINED_ADDED, Kind.STARTED_BOOTED, Kind.STOPPED_CRASHED));
    Lab.await(
        "the event comes to both listeners", () -> lastHeard().kind() == Kind.STOPPED_CRASHED);
    assertEquals("two[31m\nthree\nfour\nfive\nlast words", lastHeard().message());
    DomainSummary summary = connection.summary(id);
    assertEquals(Reason.PROCESS_CRASHED, summary.status().reason());
    assertEquals(OptionalInt.empty(), summary.number());
    assertEquals(List.of(), runFiles());
    connection.start(id);
    assertTrue(Files.exists(home.resolve("qemu/log/life.log.1")), "the log of the run before");
  }

  private DomainEvent lastHeard() {
    synchronized (heard) {
      return heard.get(heard.size() - 1);
    }
  }

  @Test
  void findsMachinesAgainWithTheirState() throws Exception {
    define("life", "<serial type='pty'/>");
    connection.start(id);
    connection.suspend(id);
    DomainSummary before = connection.summary(id);
    String xml = connection.xml(id, XmlView.LIVE);
    restartDriver();
    assertEquals(before, connection.summary(id));
    assertEquals(xml, connection.xml(id, XmlView.LIVE));
    connection.resume(id);
    events.await(
        id,
        List.of(
            Kind.DEFINED_ADDED, Kind.STARTED_BOOTED, Kind.SUSPENDED_PAUSED, Kind.RESUMED_UNPAUSED));
    process().destroyForcibly();
    Lab.await("the end is noticed", () -> !summary().isActive());
    connection.start(id);
    assertTrue(
        connection.summary(id).number().getAsInt() > before.number().getAsInt(), "number grows");
  }

  @Test
  void findsATransientMachineAgain() throws Exception {
    connection.create(QemuMachines.xml("life", uuid, ""));
    restartDriver();
    assertEquals(DomainSummary.Persistence.TRANSIENT, connection.summary(id).persistence());
    connection.destroy(id);
    assertThrows(VirtException.class, () -> connection.summary(id));
  }

  private DomainSummary summary() {
    try {
      return connection.summary(id);
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void removesWhatAMachineLeftThatEndedMeanwhile() throws Exception {
    define("life", "");
    connection.start(id);
    killUnseen();
    startDriver(home);
    assertEquals(Reason.PROCESS_CRASHED, connection.summary(id).status().reason());
    assertEquals(List.of(), runFiles());
  }

  @Test
  void noticesAPauseByAnotherHand() throws Exception {
    define("life", "");
    connection.start(id);
    stopDriver();
    OtherHand.execute(home.resolve("qemu/run/" + uuid + "/monitor"), "stop");
    startDriver(home);
    assertEquals(DomainState.PAUSED, connection.summary(id).status().state());
  }

  @Test
  void killsAQemuThatDoesNotAnswer() throws Exception {
    define("life", "");
    connection.start(id);
    Command.of("kill", "-STOP", Long.toString(process().pid())).require();
    connection.destroy(id);
    assertEquals(Reason.DESTROYED, connection.summary(id).status().reason());
    assertFalse(hasProcess());
  }

  @Test
  void saysWhyQemuDoesNotStart() throws Exception {
    define(
        "life",
        "<disk type='file'><source file='/nowhere/disk'/><target dev='vda' bus='virtio'/></disk>");
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertEquals(ErrorCode.OPERATION_FAILED, e.code());
    assertTrue(e.getMessage().startsWith("start domain life: "), e.getMessage());
    assertTrue(e.getMessage().contains("/nowhere/disk"), e.getMessage());
    assertEquals(Reason.START_FAILED, connection.summary(id).status().reason());
    assertFalse(hasProcess());
    assertEquals(List.of(), runFiles());
    assertThrows(
        VirtException.class,
        () ->
            connection.create(
                QemuMachines.xml(
                    "other",
                    UUID.randomUUID(),
                    "<disk type='file'><source file='/nowhere/d'/><target dev='vda'/></disk>")));
    assertEquals(1, connection.domains().size(), "a transient machine that failed is gone");
  }

  @Test
  void refusesByNameWhatItCannotDo() throws Exception {
    refusesToStart("<lamp colour='red'/>", "/domain/devices/lamp");
  }

  @Test
  void refusesByNameWhatItDoesNotKnowOfAKnownDevice() throws Exception {
    refusesToStart("<sound model='ich9' colour='red'/>", "/domain/devices/sound/@colour");
  }

  private void refusesToStart(String device, String path) throws Exception {
    define("life", device);
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
    assertTrue(e.getMessage().contains(path + ": "), e.getMessage());
    String kept = device.replaceAll("/?>.*", "");
    assertTrue(connection.xml(id, XmlView.INACTIVE).contains(kept), "kept and written back");
  }

  @Test
  void keepsWhatWasFilledIn() throws Exception {
    define("life", "<interface type='user'/>");
    String first = connection.xml(id, XmlView.INACTIVE);
    String mac = first(first, "<mac address='(52:54:00[0-9a-f:]*)'/>");
    assertTrue(first.contains("<type arch='x86_64' machine='pc'>"), first);
    assertTrue(read("qemu/life.xml").contains("exact='pc-i440fx-"), "an update changes nothing");
    restartDriver();
    assertEquals(first, connection.xml(id, XmlView.INACTIVE));
    connection.define(first);
    assertEquals(first, connection.xml(id, XmlView.INACTIVE));
    connection.start(id);
    String live = connection.xml(id, XmlView.LIVE);
    assertTrue(live.contains(mac) && live.contains("machine='pc-i440fx-"), live);
  }

  @Test
  void startsWithTheHostOnceForEachBoot() throws Exception {
    define("life", "");
    ((Autostarts) connection).autostart(id, Autostart.ON);
    assertEquals(DomainSummary.Persistence.AUTOSTART, connection.summary(id).persistence());
    stopDriver();
    Files.writeString(home.resolve("qemu/run/booted"), "another boot");
    startDriver(home);
    Lab.await("it runs", () -> summary().status().reason() == Reason.BOOTED);
    Lab.await("that is noted", () -> !read("qemu/run/booted").equals("another boot"));
    connection.destroy(id);
    restartDriver();
    assertFalse(connection.summary(id).isActive());
    ((Autostarts) connection).autostart(id, Autostart.OFF);
    assertEquals(DomainSummary.Persistence.PERSISTENT, connection.summary(id).persistence());
  }

  private String read(String file) {
    try {
      return Files.readString(home.resolve(file));
    } catch (java.io.IOException e) {
      return "";
    }
  }

  @Test
  void startsInAFolderWithALongName() throws Exception {
    stopDriver();
    Path far = home.resolve("a".repeat(60)).resolve("b".repeat(60));
    Files.createDirectories(far);
    startDriver(far);
    // The path of this one's socket is left open.
    String channel = "<channel type='unix'><target type='virtio' name='org.virt.0'/></channel>";
    define("life", channel);
    connection.start(id);
    stopDriver();
    startDriver(far);
    assertEquals(Reason.BOOTED, connection.summary(id).status().reason());
    connection.destroy(id);
    assertFalse(hasProcess());
  }

  @Test
  void hidesPasswords() throws Exception {
    define("life", "<graphics type='vnc' port='-1' passwd='secret'/>");
    connection.start(id);
    String live = connection.xml(id, XmlView.LIVE);
    assertFalse(live.contains("secret"), live);
    assertNotEquals("-1", first(live, "<graphics type='vnc' port='([^']*)'"));
    assertTrue(live.contains("listen='127.0.0.1'>"), live);
    assertTrue(live.contains("<listen type='address' address='127.0.0.1'/>"), live);
    assertFalse(connection.xml(id, XmlView.INACTIVE).contains("secret"));
    assertFalse(read("qemu/log/life.log").contains("secret"));
  }
}
