package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who runs this runtime. */
public final class User {
  private User() {}

  /** Says whether it is root. */
  public static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }
}
