package org.virt.remote.internal.calls;

/** Flags of lists, which come in groups: without any bit of a group all are meant. */
final class Bits {
  private Bits() {}

  /** Says whether flags choose what has a bit of a group. */
  static boolean admits(int flags, int group, int bit) {
    return (flags & group) == 0 || (flags & bit) != 0;
  }
}
