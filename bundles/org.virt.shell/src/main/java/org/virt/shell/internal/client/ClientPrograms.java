package org.virt.shell.internal.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

/** Programs that take over the user's terminal for a while: the editor and the demonstration. */
final class ClientPrograms {
  private final ClientTerminal terminal;
  private final String demo;

  ClientPrograms(ClientTerminal terminal, String demo) {
    this.terminal = terminal;
    this.demo = demo;
  }

  /** Has the user edit a text, in a file that only the user can read, with VISUAL, EDITOR or vi. */
  void edit(Wire wire, byte[] text) throws IOException {
    terminal.restore();
    String editor = environment("VISUAL").or(() -> environment("EDITOR")).orElse("vi");
    Path file = Files.createTempFile("virt", ".xml");
    try {
      Files.write(file, text);
      // EDITOR may hold options, so a shell splits it; the file name stays an argument.
      int status = run(List.of("sh", "-c", editor + " \"$1\"", "sh", file.toString()));
      if (status == 0) {
        wire.send(FrameType.EDITED, Files.readAllBytes(file));
      } else {
        wire.send(FrameType.FILE_ERROR, "'" + editor + "' ended with status " + status);
      }
    } catch (IOException e) {
      wire.send(FrameType.FILE_ERROR, String.valueOf(e.getMessage()));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  void demo(Wire wire) throws IOException {
    terminal.restore();
    try {
      wire.send(FrameType.RAN, Integer.toString(run(List.of(demo))));
    } catch (IOException e) {
      wire.send(FrameType.FILE_ERROR, String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  private static int run(List<String> command) throws IOException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
