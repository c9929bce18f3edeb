package org.virt.remote.internal.calls;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** What a driver's lack of a verb says by itself. */
final class Absent {
  private Absent() {}

  /** A question of yes and no. */
  @FunctionalInterface
  interface Question {
    boolean ask() throws VirtException;
  }

  /** A driver that cannot keep something has none of it. */
  static boolean asFalse(Question question) throws VirtException {
    try {
      return question.ask();
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return false;
      }
      throw e;
    }
  }
}
