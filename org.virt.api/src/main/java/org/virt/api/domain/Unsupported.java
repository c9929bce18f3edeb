package org.virt.api.domain;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** The answer of a verb that a driver does not have. */
final class Unsupported {
  private Unsupported() {}

  static VirtException verb(String name) {
    return new VirtException(
        ErrorCode.NO_SUPPORT, "this function is not supported by the connection driver: " + name);
  }
}
