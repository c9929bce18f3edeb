package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What a cache mode means (libvirt's formatdomain and QEMU's {@code -drive cache=}). */
enum Cache {
  DEFAULT(null, null, null),
  NONE(true, false, "on"),
  WRITETHROUGH(false, false, "off"),
  WRITEBACK(false, false, "on"),
  DIRECTSYNC(true, false, "off"),
  UNSAFE(false, true, "on");

  private final Boolean direct;
  private final Boolean noFlush;
  private final String writeCache;

  Cache(Boolean direct, Boolean noFlush, String writeCache) {
    this.direct = direct;
    this.noFlush = noFlush;
    this.writeCache = writeCache;
  }

  static Cache of(Node disk) throws VirtException {
    boolean shared = disk.has("shareable") && !disk.has("readonly");
    // What one guest has in its cache another one would not see.
    String mode = disk.get("driver/@cache", shared ? "none" : "default");
    return switch (mode) {
      case "default" -> DEFAULT;
      case "none" -> NONE;
      case "writethrough" -> WRITETHROUGH;
      case "writeback" -> WRITEBACK;
      case "directsync" -> DIRECTSYNC;
      case "unsafe" -> UNSAFE;
      default -> throw Refusal.value(disk.path("driver/@cache"), mode);
    };
  }

  /** Returns the member of a node, null for QEMU's own way. */
  Props props() {
    return direct == null ? null : new Props().put("direct", direct).put("no-flush", noFlush);
  }

  boolean isDirect() {
    return Boolean.TRUE.equals(direct);
  }

  /** Returns the device's property, null for QEMU's own way. */
  String writeCache() {
    return writeCache;
  }
}
