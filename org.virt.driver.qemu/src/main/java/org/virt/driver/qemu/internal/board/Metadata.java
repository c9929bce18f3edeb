package org.virt.driver.qemu.internal.board;

import org.virt.driver.qemu.internal.guest.Node;

/** What applications keep with a machine. */
final class Metadata {
  private Metadata() {}

  /** Keeps one element of each namespace, the last, and none without, as libvirt does. */
  static void unique(Node metadata) {
    if (metadata != null) {
      metadata.keepUnique();
    }
  }
}
