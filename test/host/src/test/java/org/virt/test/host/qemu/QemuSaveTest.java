package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.JobVerbs.JobStats;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SaveVerbs.DumpFlag;
import org.virt.api.domain.SaveVerbs.DumpFormat;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.SecretVerbs;

/** Machines in files, on a real QEMU. */
class QemuSaveTest extends QemuFixture {
  @Test
  void savesAndRestores() throws Exception {
    define("a", "<graphics type='vnc' passwd='secret'/>");
    connection.start(id);
    String image = home.resolve("a.save").toString();
    verbs(SaveVerbs.class).save(image, Optional.empty(), Set.of());
    assertEquals(Reason.SAVED, connection.summary(id).status().reason());
    JobStats done = verbs(JobVerbs.class).jobStats(JobVerbs.Which.COMPLETED);
    assertEquals(JobVerbs.JobType.COMPLETED, done.type());
    assertTrue(done.parameters().number("memory_total").orElse(0L) > 32 << 20, done.toString());
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
  void bootsWhenItsSaveIsNotWhole() throws Exception {
    define("a", "");
    connection.start(id);
    verbs(SaveVerbs.class).managedSave(Set.of());
    Path saved = home.resolve("qemu/save/a.save");
    try (FileChannel file = FileChannel.open(saved, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap("LibvirtQemudPart".getBytes(StandardCharsets.US_ASCII)));
    }
    connection.start(id);
    assertEquals(Reason.BOOTED, connection.summary(id).status().reason());
    assertFalse(Files.exists(saved));
  }

  @Test
  void forgetsASaveOfAMachineThatIsFoundRunning() throws Exception {
    define("a", "");
    connection.start(id);
    verbs(SaveVerbs.class).managedSave(Set.of());
    Path saved = home.resolve("qemu/save/a.save");
    Path aside = Files.copy(saved, home.resolve("aside"));
    connection.start(id);
    Files.copy(aside, saved);
    restartDriver();
    assertFalse(Files.exists(saved), "its disks have gone on since");
    assertTrue(connection.summary(id).isActive());
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
}
