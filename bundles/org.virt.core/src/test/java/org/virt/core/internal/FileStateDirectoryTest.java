package org.virt.core.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class FileStateDirectoryTest {
  @TempDir private Path folder;
  private FileStateDirectory state;

  @BeforeEach
  void makeHome() {
    state = new FileStateDirectory(folder.resolve("home"), Optional.empty());
  }

  @Test
  void makesAreasForTheOwnerAlone() throws Exception {
    Path area = state.area("qemu/log");
    assertEquals(folder.resolve("home/qemu/log"), area);
    for (Path made = area; !made.equals(folder); made = made.getParent()) {
      assertEquals("rwx------", mode(made));
    }
    assertEquals(area, state.area("qemu/log"));
    assertEquals(
        ErrorCode.SYSTEM_ERROR,
        assertThrows(VirtException.class, () -> state.area("../other")).code());
  }

  @Test
  void replacesAFileAsAWholeAndLeavesNothingElse() throws Exception {
    Path file = state.area("a").resolve("b.xml");
    state.write(file, "old".getBytes(UTF_8));
    byte[] content = "new".repeat(100_000).getBytes(UTF_8);
    state.write(file, content);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals("rw-------", mode(file));
    assertEquals(1, count(file.getParent()));
  }

  @Test
  void removesWhatAKilledRuntimeWasWriting() throws Exception {
    Path area = Files.createDirectories(folder.resolve("home/a"));
    Path unfinished = Files.writeString(area.resolve(".b.xml17.new"), "hal");
    Files.setLastModifiedTime(unfinished, FileTime.from(Instant.now().minusSeconds(60)));
    Path later = Files.writeString(area.resolve(".c.xml18.new"), "somebody writes it");
    Files.setLastModifiedTime(later, FileTime.from(Instant.now().plusSeconds(60)));
    state.area("a");
    assertFalse(Files.exists(unfinished));
    assertTrue(Files.exists(later));
  }

  @Test
  void keepsTheOldContentWhenWritingFails() throws Exception {
    Path blocked = Files.createDirectories(state.area("a").resolve("b.xml"));
    Files.writeString(blocked.resolve("c"), "c");
    VirtException e =
        assertThrows(VirtException.class, () -> state.write(blocked, "new".getBytes(UTF_8)));
    assertEquals(ErrorCode.WRITE_FAILED, e.code());
    assertTrue(e.getMessage().startsWith("write " + blocked + ": "), e.getMessage());
    assertEquals(1, count(blocked.getParent()));
    assertEquals("c", Files.readString(blocked.resolve("c")));

    Path outside = folder.resolve("outside");
    assertEquals(
        ErrorCode.WRITE_FAILED,
        assertThrows(VirtException.class, () -> state.write(outside, new byte[0])).code());
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
