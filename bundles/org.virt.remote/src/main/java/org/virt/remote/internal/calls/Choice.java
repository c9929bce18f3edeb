package org.virt.remote.internal.calls;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Constants whose numbers in libvirt are their ordinals. */
final class Choice {
  private Choice() {}

  /** Returns the constant of a number; {@code INVALID_ARG} for any other number. */
  static <E extends Enum<E>> E of(Class<E> type, int number) throws VirtException {
    E[] constants = type.getEnumConstants();
    if (number < 0 || number >= constants.length) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "there is no %s %d".formatted(type.getSimpleName(), number));
    }
    return constants[number];
  }
}
