package org.virt.host.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads sysfs, where each file is a value and what is not there does not apply. */
final class SysFile {
  private SysFile() {}

  /** Returns a file's value; absent when it cannot be read or is empty. */
  static Optional<String> read(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns a file's number. */
  static Optional<Long> number(Path file) {
    return read(file).filter(text -> text.matches("-?[0-9]{1,18}")).map(Long::valueOf);
  }

  /** Returns what is in a folder, sorted by name; nothing of one that is not there. */
  static List<Path> list(Path folder) {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(all::add);
    } catch (IOException e) {
      return List.of();
    }
    Collections.sort(all);
    return all;
  }

  /** Returns where a link leads to; absent when it is none. */
  static Optional<Path> target(Path link) {
    try {
      return Optional.of(link.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns the last name of where a link leads to. */
  static Optional<String> targetName(Path link) {
    return target(link).map(path -> path.getFileName().toString());
  }
}
