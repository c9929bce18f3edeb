package org.virt.test.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;

/** A state directory in a folder of a test's own, without modes and syncs. */
public final class FolderState implements StateDirectory {
  private final Path home;

  /** Makes one. */
  public FolderState(Path home) {
    this.home = home;
  }

  @Override
  public Path home() {
    return home;
  }

  @Override
  public Path area(String area) throws VirtException {
    try {
      return Files.createDirectories(home.resolve(area));
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "make area " + area, e);
    }
  }

  @Override
  public void write(Path file, byte[] content) throws VirtException {
    Path temporary = file.resolveSibling("." + UUID.randomUUID());
    try {
      try {
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + file, e);
    }
  }
}
