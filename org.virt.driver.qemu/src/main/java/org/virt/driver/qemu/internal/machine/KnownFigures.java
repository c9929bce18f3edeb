package org.virt.driver.qemu.internal.machine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.QmpEvent;

/**
 * What a run's QEMU has said of itself and is told of when it changes, so that it need not be asked
 * each time.
 */
final class KnownFigures {
  private static final long UNKNOWN = -1;

  /** After these there may be more or fewer virtual CPUs. */
  private static final Set<String> PLUGS =
      Set.of("device_add", "device_del", "human-monitor-command");

  private final AtomicLong balloon = new AtomicLong(UNKNOWN);
  private volatile List<Long> vcpuThreads = List.of();

  /** Asks QEMU. */
  interface Question<T> {
    T ask() throws VirtException;
  }

  boolean hasBalloon() {
    return balloon.get() != UNKNOWN;
  }

  /** Returns the guest's memory in bytes. */
  long balloon(Question<Long> question) throws VirtException {
    long known = balloon.get();
    if (known != UNKNOWN) {
      return known;
    }
    long answer = question.ask();
    // An event that came meanwhile is newer than the answer.
    return balloon.compareAndSet(UNKNOWN, answer) ? answer : balloon.get();
  }

  boolean hasVcpuThreads() {
    return !vcpuThreads.isEmpty();
  }

  /** Returns the threads of virtual CPUs, by number. */
  List<Long> vcpuThreads(Question<List<Long>> question) throws VirtException {
    List<Long> known = vcpuThreads;
    if (known.isEmpty()) {
      known = List.copyOf(question.ask());
      vcpuThreads = known;
    }
    return known;
  }

  /** Takes note of a command that is about to be given, or was. */
  void given(String command) {
    if (PLUGS.contains(command)) {
      vcpuThreads = List.of();
    }
  }

  /** Takes note of what QEMU tells. */
  void told(QmpEvent event) {
    if (event.name().equals("BALLOON_CHANGE")) {
      balloon.set(Json.number(event.data(), "actual"));
    } else if (event.name().equals("DEVICE_DELETED")) {
      vcpuThreads = List.of();
    }
  }

  /** Forgets all: events may be missed. */
  void forget() {
    balloon.set(UNKNOWN);
    vcpuThreads = List.of();
  }
}
