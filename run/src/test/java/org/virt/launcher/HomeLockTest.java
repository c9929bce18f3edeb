package org.virt.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
  @TempDir private Path folder;

  private Path home() {
    return folder.resolve("a/home");
  }

  @Test
  void makesAHomeForItsOwnerAlone() throws Exception {
    try (HomeLock lock = HomeLock.acquire(home())) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home())));
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(home().resolve("run"))));
    }
  }

  @Test
  void namesTheProcessThatHoldsAHome() throws Exception {
    try (HomeLock lock = HomeLock.acquire(home())) {
      String message =
          assertThrows(LauncherException.class, () -> HomeLock.acquire(home())).getMessage();

      assertTrue(
          message.endsWith("is already running as process " + ProcessHandle.current().pid()),
          message);
    }
  }

  @Test
  void takesAHomeOverThatWasGivenBackOrLeftBehind() throws Exception {
    HomeLock.acquire(home()).close();
    Files.writeString(home().resolve("run/virt.lock"), "999999\n");

    try (HomeLock lock = HomeLock.acquire(home())) {
      assertEquals(
          ProcessHandle.current().pid() + "\n", Files.readString(home().resolve("run/virt.lock")));
    }
    assertEquals("", Files.readString(home().resolve("run/virt.lock")));
  }

  @Test
  void saysWhyAFolderCannotBeAHome() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    String message =
        assertThrows(LauncherException.class, () -> HomeLock.acquire(file)).getMessage();

    assertTrue(message.startsWith("cannot use " + file + " as home: "), message);
  }
}
