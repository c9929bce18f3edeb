package org.virt.shell.internal.commands;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.virt.shell.internal.command.Peer;

/** Waits that end early when something happens, or when the user interrupts or goes away. */
final class Interruption {
  private final Semaphore woken = new Semaphore(0);
  private volatile boolean interrupted;

  Interruption(Peer peer) {
    peer.onInterrupt(
        () -> {
          interrupted = true;
          wake();
        });
  }

  /** Ends the wait that goes on, or the next one. */
  void wake() {
    woken.release();
  }

  /** Waits at most so long; returns whether the user has not interrupted. */
  boolean pause(long millis) throws InterruptedException {
    if (!interrupted && woken.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      woken.drainPermits();
    }
    return !interrupted;
  }
}
