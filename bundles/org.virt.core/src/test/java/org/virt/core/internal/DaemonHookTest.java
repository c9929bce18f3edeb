package org.virt.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonHookTest {
  @TempDir private Path folder;

  @Test
  void tellsOfStartAndShutdown() throws Exception {
    Path log = folder.resolve("log");
    Path program = folder.resolve("conf/hooks/daemon");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\necho \"$@\" >>" + log + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    DaemonHook hook =
        new DaemonHook(
            new FileStateDirectory(folder.resolve("home"), Optional.of(folder.resolve("conf"))));
    assertEquals(List.of("- start - start"), Files.readAllLines(log));
    hook.stop();
    assertEquals(List.of("- start - start", "- shutdown - shutdown"), Files.readAllLines(log));
  }
}
