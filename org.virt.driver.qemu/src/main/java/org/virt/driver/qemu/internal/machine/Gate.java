package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Lets one caller at a time change a machine; the others wait, but not for ever. What only looks at
 * a machine does not come through here.
 */
final class Gate {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Semaphore free = new Semaphore(1);
  private volatile String holder = "";

  Gate(String name) {
    this.name = name;
  }

  /** Leaves the gate when closed. */
  interface Pass extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for the gate. */
  Pass enter(String action) throws VirtException {
    try {
      if (!free.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new VirtException(
            ErrorCode.OPERATION_TIMEOUT,
            action + " domain " + name + ": '" + holder + "' is still under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VirtException(
          ErrorCode.OPERATION_ABORTED, action + " domain " + name + ": interrupted", e);
    }
    holder = action;
    return free::release;
  }
}
