package org.virt.test.host.qemu;

import com.google.gson.JsonElement;
import java.nio.file.Path;
import java.time.Duration;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.driver.qemu.internal.qmp.QmpListener;
import org.virt.driver.qemu.internal.qmp.QmpMonitor;

/** Talks to a QEMU past the driver, while that is not connected. */
final class OtherHand {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private OtherHand() {}

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
