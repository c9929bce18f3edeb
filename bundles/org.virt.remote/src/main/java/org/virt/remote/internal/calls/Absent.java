package org.virt.remote.internal.calls;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** What a driver's lack of a verb says by itself: it has none of what the verb is about. */
final class Absent {
  private Absent() {}

  /** Something that is asked of a driver. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws VirtException;
  }

  /** A driver that cannot keep something has none of it. */
  static boolean asFalse(Question<Boolean> question) throws VirtException {
    return otherwise(question, false);
  }

  /** A driver that cannot list something has none of it. */
  static <E> List<E> asEmpty(Question<List<E>> question) throws VirtException {
    return otherwise(question, List.of());
  }

  private static <T> T otherwise(Question<T> question, T absent) throws VirtException {
    try {
      return question.ask();
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return absent;
      }
      throw e;
    }
  }
}
