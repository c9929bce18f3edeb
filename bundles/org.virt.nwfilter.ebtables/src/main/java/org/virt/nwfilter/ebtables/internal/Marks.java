package org.virt.nwfilter.ebtables.internal;

/**
 * Bits of a frame's mark. They are set and looked at within one hook of the bridge, by the gate and
 * by ebtables between its two chains, and are gone behind it.
 */
final class Marks {
  /** The frame went through a port's rules. */
  static final int SEEN = 0x40000000;

  /** A part of an IPv4 packet that is not the first one: it has no ports. */
  static final int LATER_FRAGMENT = 0x20000000;

  static final String SET_SEEN =
      "-j mark --mark-or 0x" + Integer.toHexString(SEEN) + " --mark-target CONTINUE";

  static final String NO_LATER_FRAGMENT = "--mark 0/0x" + Integer.toHexString(LATER_FRAGMENT);

  private Marks() {}
}
