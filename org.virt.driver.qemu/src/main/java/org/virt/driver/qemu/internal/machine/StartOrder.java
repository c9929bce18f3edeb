package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a machine is started.
 *
 * @param paused its virtual CPUs do not run yet
 * @param image the file that it is restored from; absent: it boots
 * @param resetVariables the variables of its firmware are those of the template again
 */
record StartOrder(boolean paused, Optional<Path> image, boolean resetVariables) {
  /** Keeps the firmware's variables. */
  StartOrder(boolean paused, Optional<Path> image) {
    this(paused, image, false);
  }

  /** Boots and runs. */
  static final StartOrder PLAIN = new StartOrder(false, Optional.empty());
}
