package org.virt.driver.qemu.internal.guest;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Makes the error for a part of a machine that QEMU, or this driver, cannot do. */
public final class Refusal {
  private Refusal() {}

  /**
   * Makes an error {@code CONFIG_UNSUPPORTED}.
   *
   * @param path where it stands, such as {@code /domain/devices/disk[1]/@device}
   */
  public static VirtException of(String path, String reason) {
    return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, path + ": " + reason);
  }

  /** Makes an error {@code XML_ERROR} for what no machine can have. */
  public static VirtException xml(String path, String reason) {
    return new VirtException(ErrorCode.XML_ERROR, "read domain XML: " + path + ": " + reason);
  }

  /** Makes the error for a value; an absent one is named so. */
  public static VirtException value(String path, String value) {
    return of(path, value == null ? "missing" : "'" + value + "' is not supported");
  }
}
