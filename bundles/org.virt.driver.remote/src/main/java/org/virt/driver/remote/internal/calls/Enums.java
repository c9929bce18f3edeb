package org.virt.driver.remote.internal.calls;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Numbers of the other end as constants. */
final class Enums {
  private Enums() {}

  /** Returns the constant of a number that is its ordinal, or says that it is not known. */
  static <E> E at(E[] constants, int number) throws VirtException {
    if (number < 0 || number >= constants.length) {
      throw new VirtException(
          ErrorCode.RPC,
          "read an answer: %d is no %s"
              .formatted(number, constants.getClass().getComponentType().getSimpleName()));
    }
    return constants[number];
  }
}
