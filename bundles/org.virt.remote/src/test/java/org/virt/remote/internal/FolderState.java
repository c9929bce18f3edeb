package org.virt.remote.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.virt.api.StateDirectory;

/** A folder as the state directory. */
record FolderState(Path home) implements StateDirectory {
  @Override
  public Path area(String area) {
    try {
      return Files.createDirectories(home.resolve(area));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
