package org.virt.driver.qemu.internal.machine;

import java.util.Map;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.ScreenVerbs.KeyCodes;

/**
 * Turns key codes into QEMU's numbers ("qnum"): the scan code of set 1, with bit 7 for those behind
 * the prefix 0xe0. Linux numbers the keys of the first keyboards as set 1 does.
 */
final class KeyTable {
  private static final int SAME = 88;
  private static final int MAX = 0xff;
  private static final int EXTENDED = 0x80;

  /** Linux code, scan code behind 0xe0. */
  private static final Map<Integer, Integer> PREFIXED =
      Map.ofEntries(
          Map.entry(96, 0x1c),
          Map.entry(97, 0x1d),
          Map.entry(98, 0x35),
          Map.entry(99, 0x37),
          Map.entry(100, 0x38),
          Map.entry(102, 0x47),
          Map.entry(103, 0x48),
          Map.entry(104, 0x49),
          Map.entry(105, 0x4b),
          Map.entry(106, 0x4d),
          Map.entry(107, 0x4f),
          Map.entry(108, 0x50),
          Map.entry(109, 0x51),
          Map.entry(110, 0x52),
          Map.entry(111, 0x53),
          Map.entry(113, 0x20),
          Map.entry(114, 0x2e),
          Map.entry(115, 0x30),
          Map.entry(116, 0x5e),
          Map.entry(125, 0x5b),
          Map.entry(126, 0x5c),
          Map.entry(127, 0x5d),
          Map.entry(142, 0x5f),
          Map.entry(143, 0x63));

  private KeyTable() {}

  static int number(KeyCodes set, int code) throws VirtException {
    switch (set) {
      case XT, ATSET1, XT_KBD, QNUM -> {
        if (code > 0 && code <= MAX) {
          return code;
        }
      }
      case LINUX -> {
        if (code > 0 && code <= SAME) {
          return code;
        }
        Integer prefixed = PREFIXED.get(code);
        if (prefixed != null) {
          return EXTENDED | prefixed;
        }
      }
      default ->
          throw new VirtException(
              ErrorCode.ARGUMENT_UNSUPPORTED, "key codes of the set " + set + " are not known");
    }
    throw new VirtException(
        ErrorCode.INVALID_ARG, "cannot translate keycode " + code + " of the set " + set);
  }
}
