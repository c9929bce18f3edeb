package org.virt.driver.qemu.internal.linux;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;

/** What the kernel says of processes and threads, and where it lets them run (proc(5)). */
public final class ProcessFigures {
  private static final long TICK_NANOS = 10_000_000;
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int PROCESSOR = 36;
  private static final int CPU_BYTES = 1024;

  private ProcessFigures() {}

  /**
   * CPU time of a thread or process, nanoseconds, and where it ran last.
   *
   * @param cpu −1 when it has ended
   */
  public record Use(long user, long system, int cpu) {
    /** Returns all of it. */
    public long total() {
      return user + system;
    }
  }

  /** Returns what a process has used; nothing when it has ended. */
  public static Use use(long pid) {
    return use(Path.of("/proc", Long.toString(pid), "stat"));
  }

  /** Returns what a thread has used; nothing when it has ended. */
  public static Use use(long pid, long thread) {
    return use(Path.of("/proc", Long.toString(pid), "task", Long.toString(thread), "stat"));
  }

  private static Use use(Path file) {
    try {
      String line = Files.readString(file, StandardCharsets.ISO_8859_1);
      String[] words = line.substring(line.lastIndexOf(')') + 2).strip().split(" ", -1);
      return new Use(
          Long.parseLong(words[USER_TIME]) * TICK_NANOS,
          Long.parseLong(words[SYSTEM_TIME]) * TICK_NANOS,
          Integer.parseInt(words[PROCESSOR]));
    } catch (IOException | RuntimeException e) {
      return new Use(0, 0, -1);
    }
  }

  /** Returns the memory that a process has in RAM, KiB; 0 when it has ended. */
  public static long residentKib(long pid) {
    String value = status(Path.of("/proc", Long.toString(pid), "status"), "VmRSS:");
    return value.isEmpty() ? 0 : Long.parseLong(value.split(" ", -1)[0]);
  }

  /** Returns where a thread may run. */
  public static CpuSet affinity(long pid, long thread) throws VirtException {
    Path file = Path.of("/proc", Long.toString(pid), "task", Long.toString(thread), "status");
    String cpus = status(file, "Cpus_allowed_list:");
    if (cpus.isEmpty()) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "read where thread " + thread + " may run: it has ended");
    }
    return CpuSet.parse(cpus);
  }

  private static String status(Path file, String field) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      int at = text.indexOf("\n" + field) + 1;
      return at == 0 ? "" : text.substring(at + field.length(), text.indexOf('\n', at)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns the threads of a process. */
  public static List<Long> threads(long pid) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return tasks.map(task -> Long.parseLong(task.getFileName().toString())).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The kernel's ways to schedule a thread (sched(7)). */
  public enum Policy {
    OTHER(0),
    FIFO(1),
    RR(2),
    BATCH(3),
    IDLE(5);

    private final int number;

    Policy(int number) {
      this.number = number;
    }

    /** Returns the one of libvirt's name. */
    public static Policy of(String name) throws VirtException {
      for (Policy policy : values()) {
        if (policy != OTHER && policy.name().toLowerCase(Locale.ROOT).equals(name)) {
          return policy;
        }
      }
      throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, "there is no scheduler '" + name + "'");
    }
  }

  /**
   * Sets how a thread is scheduled (sched_setscheduler(2)).
   *
   * @param priority from 1 to 99 of {@code FIFO} and {@code RR}; 0 of others
   */
  public static void schedule(long thread, Policy policy, int priority) throws VirtException {
    try (Memory parameters = new Memory(Integer.BYTES)) {
      boolean ordered = policy == Policy.FIFO || policy == Policy.RR;
      parameters.setInt(0, ordered ? priority : 0);
      if (Libc.sched_setscheduler((int) thread, policy.number, parameters) != 0) {
        throw new VirtException(
            ErrorCode.SYSTEM_ERROR,
            "schedule thread " + thread + " as " + policy + ": " + Libc.error());
      }
    }
  }

  /** Sets where a thread may run (sched_setaffinity(2)). */
  public static void pin(long thread, CpuSet cpus) throws VirtException {
    byte[] map = cpus.map(CPU_BYTES);
    try (Memory memory = new Memory(map.length)) {
      memory.write(0, map, 0, map.length);
      if (Libc.sched_setaffinity((int) thread, new NativeLong(map.length), memory) != 0) {
        throw new VirtException(
            ErrorCode.SYSTEM_ERROR,
            "have thread " + thread + " run on CPUs " + cpus + ": " + Libc.error());
      }
    }
  }
}
