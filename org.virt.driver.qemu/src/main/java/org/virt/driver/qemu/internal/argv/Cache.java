package org.virt.driver.qemu.internal.argv;

import com.google.gson.JsonObject;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Disk;

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

  static Cache of(String path, Disk.Driver driver) throws VirtException {
    return switch (driver.cache == null ? "default" : driver.cache) {
      case "default" -> DEFAULT;
      case "none" -> NONE;
      case "writethrough" -> WRITETHROUGH;
      case "writeback" -> WRITEBACK;
      case "directsync" -> DIRECTSYNC;
      case "unsafe" -> UNSAFE;
      default -> throw Refusal.value(path + "/driver/@cache", driver.cache);
    };
  }

  /** Returns the member of a node, null for QEMU's own way. */
  JsonObject json() {
    return direct == null ? null : CommandLine.object("direct", direct, "no-flush", noFlush);
  }

  boolean isDirect() {
    return Boolean.TRUE.equals(direct);
  }

  /** Returns the device's property, null for QEMU's own way. */
  String writeCache() {
    return writeCache;
  }
}
