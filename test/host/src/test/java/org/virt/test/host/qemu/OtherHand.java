package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.driver.qemu.internal.qmp.QmpListener;
import org.virt.driver.qemu.internal.qmp.QmpMonitor;

/** Talks to a QEMU past the driver, while that is not connected. */
final class OtherHand {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private OtherHand() {}

  /** Completes a block job that is ready, and waits until it has ended. */
  static void completeJob(Path monitor, String job) throws VirtException {
    CountDownLatch end = new CountDownLatch(1);
    QmpListener listener =
        new QmpListener() {
          @Override
          public void event(QmpEvent event) {
            if (event.name().equals("BLOCK_JOB_COMPLETED")) {
              end.countDown();
            }
          }

          @Override
          public void closed(String reason) {
            // It is closed by whoever opened it.
          }
        };
    try (QmpMonitor own = QmpMonitor.connect("test", monitor, listener, LIMIT)) {
      JsonObject arguments = new JsonObject();
      arguments.addProperty("id", job);
      own.execute("job-complete", arguments, LIMIT);
      assertTrue(end.await(LIMIT.toSeconds(), TimeUnit.SECONDS), "the job ends");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Gives a QEMU a command and returns its answer. */
  static JsonElement execute(Path monitor, String command) throws VirtException {
    QmpListener deaf =
        new QmpListener() {
          @Override
          public void event(QmpEvent event) {
            // Nobody waits for any.
          }

          @Override
          public void closed(String reason) {
            // It is closed by whoever opened it.
          }
        };
    try (QmpMonitor own = QmpMonitor.connect("test", monitor, deaf, LIMIT)) {
      return own.execute(command, LIMIT);
    }
  }
}
