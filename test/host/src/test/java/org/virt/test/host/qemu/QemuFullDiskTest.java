package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.DomainState;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.api.domain.SaveVerbs;
import org.virt.common.process.Command;
import org.virt.test.host.lab.PrivateNetwork;

/** A state directory on a disk that gets full. */
@PrivateNetwork
class QemuFullDiskTest extends QemuFixture {
  @TempDir private Path mount;
  private Path small;

  @BeforeEach
  void mountSmallDisk() throws Exception {
    Command.of("mount", "-t", "tmpfs", "-o", "size=1M", "none", mount.toString()).require();
    small = Files.createDirectory(mount.resolve("home"));
    stopDriver();
    startDriver(small);
  }

  @AfterEach
  void unmount() throws Exception {
    free();
    removeMachines();
    Command.of("umount", mount.toString()).require();
  }

  /** Leaves no byte. */
  private void fill() throws IOException {
    byte[] block = new byte[512];
    try (OutputStream out = Files.newOutputStream(mount.resolve("filling"))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("space"), e.getMessage());
    }
  }

  private void free() throws IOException {
    Files.deleteIfExists(mount.resolve("filling"));
  }

  @Test
  void keepsWhatItHasAndGoesOnWhenThereIsRoom() throws Exception {
    define("kept", "");
    connection.start(id);
    String before = kept();
    fill();
    String xml = QemuMachines.xml("other", UUID.randomUUID(), "");
    VirtException e = assertThrows(VirtException.class, () -> connection.define(xml));
    assertTrue(e.getMessage().contains("define domain other"), e.getMessage());
    assertThrows(VirtException.class, () -> connection.create(xml));
    MetadataVerbs notes = verbs(MetadataVerbs.class);
    assertThrows(
        VirtException.class, () -> notes.setMetadata(Note.TITLE, Optional.of("t"), Affects.CONFIG));
    assertThrows(VirtException.class, () -> verbs(SaveVerbs.class).managedSave(Set.of()));
    assertEquals(before, kept());
    assertEquals(1, connection.domains().size());
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    connection.suspend(id);
    connection.resume(id);
    connection.destroy(id);
    assertFalse(hasProcess());

    free();
    stopDriver();
    startDriver(small);
    assertEquals(before, kept());
    connection.start(id);
    notes().setMetadata(Note.TITLE, Optional.of("t"), Affects.LIVE_AND_CONFIG);
    assertTrue(kept().contains("<title>t</title>"));
    connection.destroy(id);
    assertEquals(List.of("kept.xml"), definitions());
  }

  private MetadataVerbs notes() {
    return verbs(MetadataVerbs.class);
  }

  /** Returns the files of definitions, also temporary ones that were left. */
  private List<String> definitions() throws IOException {
    try (var files = Files.list(small.resolve("qemu"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }
}
