package org.virt.shell.internal.server;

import java.util.ArrayList;
import java.util.List;

/** What is to be done when the user interrupts the running command. */
final class Interrupts {
  private final List<Runnable> actions = new ArrayList<>();
  private boolean gone;

  /** Begins with a new command; nothing that was asked for before is done any more. */
  synchronized void reset() {
    actions.clear();
  }

  void add(Runnable action) {
    synchronized (this) {
      if (!gone) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  /** Interrupts the running command. */
  void fire() {
    List<Runnable> due;
    synchronized (this) {
      due = List.copyOf(actions);
      actions.clear();
    }
    due.forEach(Runnable::run);
  }

  /** Interrupts the running command and each one after it, for nobody is there any more. */
  void fireForever() {
    synchronized (this) {
      gone = true;
    }
    fire();
  }
}
