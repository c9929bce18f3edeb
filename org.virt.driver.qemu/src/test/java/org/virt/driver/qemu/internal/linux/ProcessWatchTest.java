package org.virt.driver.qemu.internal.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.QemuProcess.Id;

class ProcessWatchTest {
  private static Process sleeper() throws Exception {
    return new ProcessBuilder("sleep", "60").start();
  }

  private static void await(CompletableFuture<?> future) {
    future.orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void tellsWhenAProcessIsKilled() throws Exception {
    Process first = sleeper();
    Process second = sleeper();
    try (ProcessWatch watch = new ProcessWatch()) {
      CompletableFuture<String> firstEnd = new CompletableFuture<>();
      CompletableFuture<String> secondEnd = new CompletableFuture<>();
      QemuProcess one = QemuProcess.of(first.pid());
      QemuProcess two = QemuProcess.of(second.pid());
      watch.watch(one, () -> firstEnd.complete(""));
      watch.watch(two, () -> secondEnd.complete(""));
      assertTrue(two.isAlive());
      two.kill();
      await(secondEnd);
      assertFalse(firstEnd.isDone());
      one.kill();
      await(firstEnd);
      one.kill();
    } finally {
      first.destroyForcibly();
      second.destroyForcibly();
    }
  }

  @Test
  void watchesAgainAfterAllHaveEnded() throws Exception {
    try (ProcessWatch watch = new ProcessWatch()) {
      for (int i = 0; i < 3; i++) {
        Process process = sleeper();
        CompletableFuture<String> end = new CompletableFuture<>();
        watch.watch(QemuProcess.of(process.pid()), () -> end.complete(""));
        process.destroyForcibly();
        await(end);
      }
    }
  }

  @Test
  void knowsAProcessFromALaterOneOfTheSameNumber() throws Exception {
    Process process = sleeper();
    try (QemuProcess held = QemuProcess.of(process.pid())) {
      Id id = held.id();
      Optional<QemuProcess> found = QemuProcess.find(id);
      assertTrue(found.isPresent());
      found.get().close();
      assertEquals(Optional.empty(), QemuProcess.find(new Id(id.pid(), id.startTicks() + 1)));
      process.destroyForcibly();
      process.waitFor();
      assertEquals(Optional.empty(), QemuProcess.find(id));
      assertFalse(held.isAlive());
      assertTrue(held.cpuTime().isZero());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void saysThatAProcessIsGone() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    VirtException e = assertThrows(VirtException.class, () -> QemuProcess.of(process.pid()));
    assertEquals(ErrorCode.SYSTEM_ERROR, e.code());
  }
}
