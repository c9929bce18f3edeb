package org.virt.driver.qemu.internal.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps that take back what was done, last one first, unless all went well. */
final class Undo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

  private final Deque<Runnable> steps = new ArrayDeque<>();

  /** Adds a step. */
  void add(Runnable step) {
    steps.push(step);
  }

  /** Keeps what was done. */
  void keep() {
    steps.clear();
  }

  @Override
  public void close() {
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (RuntimeException e) {
        LOG.error("a step was not taken back", e);
      }
    }
  }
}
