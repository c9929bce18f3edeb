package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Something that QEMU does meanwhile. Its events say when to look; how it stands is what QEMU
 * answers then, so that an event lost with a monitor's connection makes no difference.
 *
 * @param query the command that tells how it stands, by {@code status}
 * @param event told when that changes
 */
record Background(Run run, String query, String event) {
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled");

  /** Waits for its end and returns how it stands then. */
  JsonElement end() throws VirtException {
    return end(Optional.empty());
  }

  /** As the other, but {@code OPERATION_TIMEOUT} when the end does not come in time. */
  JsonElement end(Duration limit) throws VirtException {
    return end(Optional.of(System.nanoTime() + limit.toNanos()));
  }

  private JsonElement end(Optional<Long> deadline) throws VirtException {
    while (true) {
      try (QmpEvents.Wait change = run.events.expect(e -> e.name().equals(event))) {
        JsonElement state = run.execute(query);
        if (ENDS.contains(Json.text(state, "status"))) {
          return state;
        }
        if (deadline.isPresent() && deadline.get() - System.nanoTime() < 0) {
          throw new VirtException(
              ErrorCode.OPERATION_TIMEOUT, "QEMU is not done: " + Json.text(state, "status"));
        }
        change.await(LOOK);
      }
    }
  }
}
