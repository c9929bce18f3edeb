package org.virt.driver.qemu.internal.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A process that is watched and ended through a pidfd (pidfd_open(2), Linux 5.3), whoever started
 * it. What is held is this very process: a later one of the same number is never mistaken for it.
 */
public final class QemuProcess implements AutoCloseable {
  /** Clock ticks in a second of {@code /proc/PID/stat}; USER_HZ, the same on every Linux. */
  private static final long TICKS_PER_SECOND = 100;

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int START_TIME = 19;

  private final Id id;
  private final int file;
  private boolean closed;

  /**
   * Names a process beyond the reuse of its number.
   *
   * @param pid its number
   * @param startTicks when it was started, ticks since boot (proc(5), {@code starttime})
   */
  public record Id(long pid, long startTicks) {}

  private QemuProcess(Id id, int file) {
    this.id = id;
    this.file = file;
  }

  /**
   * Takes hold of a process that was just started.
   *
   * @throws VirtException {@code SYSTEM_ERROR} when it is gone already, or the kernel is too old
   */
  public static QemuProcess of(long pid) throws VirtException {
    int file = open(pid);
    long[] start = statistics(pid, START_TIME);
    if (file < 0 || start.length == 0) {
      String reason = file < 0 ? Libc.error() : "it has ended";
      if (file >= 0) {
        Libc.close(file);
      }
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "watch process " + pid + ": " + reason);
    }
    return new QemuProcess(new Id(pid, start[0]), file);
  }

  /** Takes hold of a process of an earlier runtime; empty when it has ended. */
  public static Optional<QemuProcess> find(Id id) {
    int file = open(id.pid());
    if (file < 0) {
      return Optional.empty();
    }
    // In this order: what the pidfd holds is what had this start time, or has ended since.
    long[] start = statistics(id.pid(), START_TIME);
    QemuProcess process = new QemuProcess(id, file);
    if (start.length == 0 || start[0] != id.startTicks() || !process.isAlive()) {
      process.close();
      return Optional.empty();
    }
    return Optional.of(process);
  }

  private static int open(long pid) {
    return pid <= 0 ? -1 : (int) Libc.call(Libc.SYS_PIDFD_OPEN, pid, 0);
  }

  public Id id() {
    return id;
  }

  int file() {
    return file;
  }

  /** Says whether it runs; one that waits to be collected by its parent does not. */
  public boolean isAlive() {
    return !awaitEnd(Duration.ZERO);
  }

  /** Waits until it has ended, but not longer than this; says whether it has. */
  public boolean awaitEnd(Duration limit) {
    try {
      PollSet set = new PollSet(1);
      int index = set.add(file, Libc.POLLIN);
      set.poll((int) limit.toMillis());
      return set.has(index, Libc.POLLIN);
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it; does nothing when it has ended. */
  public synchronized void kill() {
    if (!closed) {
      Libc.call(Libc.SYS_PIDFD_SEND_SIGNAL, file, Libc.SIGKILL);
    }
  }

  /** Returns the CPU time that it has used; zero when it has ended. */
  public Duration cpuTime() {
    long[] ticks = statistics(id.pid(), USER_TIME, SYSTEM_TIME, START_TIME);
    if (ticks.length == 0 || ticks[2] != id.startTicks()) {
      return Duration.ZERO;
    }
    return Duration.ofMillis((ticks[0] + ticks[1]) * 1000 / TICKS_PER_SECOND);
  }

  /** Returns fields of {@code /proc/PID/stat}, counted after the name; none when it has ended. */
  private static long[] statistics(long pid, int... fields) {
    try {
      Path file = Path.of("/proc", Long.toString(pid), "stat");
      String line = Files.readString(file, StandardCharsets.ISO_8859_1);
      // The name stands in parentheses and may contain any character.
      String[] words = line.substring(line.lastIndexOf(')') + 2).trim().split(" ");
      long[] values = new long[fields.length];
      for (int i = 0; i < fields.length; i++) {
        values[i] = Long.parseLong(words[fields[i]]);
      }
      return values;
    } catch (IOException | RuntimeException e) {
      return new long[0];
    }
  }

  /** Lets go of it; it runs on. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.close(file);
    }
  }
}
