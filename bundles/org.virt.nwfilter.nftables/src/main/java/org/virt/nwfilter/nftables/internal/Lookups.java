package org.virt.nwfilter.nftables.internal;

/** Where the rules of a port look up what it has of its own. */
enum Lookups {
  /** In the bridge. */
  FRAMES,
  /** In the bridge, and by mark in the hooks of IP. */
  FRAMES_AND_MARKS,
  /** At the device itself, which is in no bridge. */
  DIRECT;

  static Lookups of(Code.Rules rules) {
    if (rules.isDirect()) {
      return DIRECT;
    }
    return rules.transport().isMarked() ? FRAMES_AND_MARKS : FRAMES;
  }
}
