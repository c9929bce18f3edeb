package org.virt.api.domain;

import java.util.EnumSet;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** A flag of a call, with its bit in libvirt's flags word. */
public interface Flag {
  /** Returns the bit, such as 4. */
  int bit();

  /** Returns the flags of a word; {@code INVALID_ARG} when it has a bit that none of them is. */
  static <E extends Enum<E> & Flag> Set<E> parse(Class<E> type, int word) throws VirtException {
    EnumSet<E> flags = EnumSet.noneOf(type);
    int rest = word;
    for (E flag : type.getEnumConstants()) {
      if ((word & flag.bit()) != 0) {
        flags.add(flag);
        rest &= ~flag.bit();
      }
    }
    if (rest != 0) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "unsupported flags (0x%x) for %s".formatted(rest, type.getSimpleName()));
    }
    return flags;
  }

  /** Returns the word of some flags. */
  static int word(Set<? extends Flag> flags) {
    int word = 0;
    for (Flag flag : flags) {
      word |= flag.bit();
    }
    return word;
  }
}
