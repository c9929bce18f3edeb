package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;

/**
 * Starts the program that emulates a machine's TPM. It ends when QEMU does, and keeps its state in
 * a folder of the machine's.
 */
final class Swtpm {
  private static final int LIMIT_SECONDS = 10;

  private Swtpm() {}

  /**
   * Starts what a machine needs.
   *
   * @param folder of the states of all machines
   * @param sockets folder of this run's sockets
   */
  static void start(Guest guest, Path folder, Path sockets, Undo undo) throws VirtException {
    for (Node tpm : guest.devices("tpm")) {
      if (tpm.is("backend/@type", "emulator")) {
        Path state = folder.resolve(guest.root().get("uuid"));
        Path pid = sockets.resolve("tpm.pid");
        run(words(tpm, state, sockets, pid), state);
        RunPaths.share(sockets.resolve("tpm.sock"));
        undo.add(() -> end(pid));
      }
    }
  }

  private static List<String> words(Node tpm, Path state, Path sockets, Path pid) {
    List<String> words = new ArrayList<>(List.of("swtpm", "socket", "--daemon", "--terminate"));
    words.addAll(
        List.of("--ctrl", "type=unixio,path=" + sockets.resolve("tpm.sock") + ",mode=0600"));
    words.addAll(List.of("--tpmstate", "dir=" + state + ",mode=0600"));
    words.addAll(List.of("--pid", "file=" + pid));
    if (!tpm.is("backend/@version", "1.2")) {
      words.add("--tpm2");
    }
    return words;
  }

  private static void run(List<String> words, Path state) throws VirtException {
    try {
      Files.createDirectories(state);
      ProcessBuilder builder = new ProcessBuilder(words);
      builder.environment().put("LC_ALL", "C");
      builder.redirectErrorStream(true);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw failed("it did not answer", null);
      }
      if (process.exitValue() != 0) {
        throw failed(
            new String(
                    process.getInputStream().readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8)
                .strip(),
            null);
      }
    } catch (IOException e) {
      throw failed(e.getMessage() + "; apt-get install swtpm", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted", e);
    }
  }

  private static VirtException failed(String reason, Exception cause) {
    return new VirtException(ErrorCode.OPERATION_FAILED, "start swtpm: " + reason, cause);
  }

  /** Removes what is kept of a machine's TPM. */
  static void forget(Path state) throws VirtException {
    if (!Files.isDirectory(state)) {
      return;
    }
    try (Stream<Path> files = Files.list(state)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(state);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "remove " + state + ": " + e.getMessage(), e);
    }
  }

  private static void end(Path pid) {
    try {
      long number = Long.parseLong(Files.readString(pid).strip());
      ProcessHandle.of(number).ifPresent(ProcessHandle::destroy);
    } catch (IOException | NumberFormatException e) {
      // It has ended by itself.
    }
  }
}
