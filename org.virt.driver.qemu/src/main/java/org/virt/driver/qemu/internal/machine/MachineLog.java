package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.ArgvText;

/**
 * The log of one machine: its command line and what QEMU writes. That of the run before is kept.
 */
final class MachineLog {
  private static final Logger LOG = LoggerFactory.getLogger(MachineLog.class);
  private static final int TAIL_BYTES = 4096;
  private static final int TAIL_LINES = 5;

  private MachineLog() {}

  /**
   * Begins a new log.
   *
   * @return where QEMU's own words will begin, bytes
   */
  static long begin(Path log, Launcher.Program program) throws VirtException {
    String command = ArgvText.of(program.environment(), program.words());
    byte[] text = (Instant.now() + ": starting up\n" + command).getBytes(StandardCharsets.UTF_8);
    try {
      if (Files.exists(log)) {
        Path before = log.resolveSibling(log.getFileName() + ".1");
        Files.move(log, before, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.createFile(
          log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(log, text, StandardOpenOption.APPEND);
      return text.length;
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.WRITE_FAILED, "begin log " + log + ": " + e.getMessage(), e);
    }
  }

  /** Adds a line of ours. */
  static void add(Path log, String line) {
    String text = Instant.now().truncatedTo(ChronoUnit.MILLIS) + ": " + line + "\n";
    try {
      Files.writeString(log, text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("write to {}: {}", log, e.getMessage());
    }
  }

  /**
   * Returns the last lines that QEMU wrote, without control characters; empty when it wrote none.
   */
  static String tail(Path log, long start) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(start, file.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) Math.max(0, file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      Deque<String> lines = new ArrayDeque<>();
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        String clean = line.replaceAll("\\p{Cntrl}", "").strip();
        if (!clean.isEmpty()) {
          lines.add(clean);
        }
        if (lines.size() > TAIL_LINES) {
          lines.remove();
        }
      }
      return String.join("\n", lines);
    } catch (IOException e) {
      return "";
    }
  }
}
