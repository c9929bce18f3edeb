package org.virt.model.domain;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Converts amounts of memory (libvirt's formatdomain, "Memory Allocation"). */
final class MemoryUnit {
  private static final int KIB = 1024;
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,19}");
  private static final String LETTERS = "kmgtpe";
  private static final Map<String, Integer> BYTES = Map.of("b", 1, "byte", 1, "bytes", 1);

  private MemoryUnit() {}

  /**
   * Brings an amount to KiB, rounded up.
   *
   * @param element for messages
   */
  static void toKib(DomainConfig.Memory memory, String element) throws VirtException {
    String unit = memory.unit == null ? "KiB" : memory.unit;
    String digits = memory.value == null ? "" : memory.value.strip();
    if (!DIGITS.matcher(digits).matches()) {
      throw wrong(element, "'" + digits + "' is not an amount of memory");
    }
    BigInteger kib =
        new BigInteger(digits)
            .multiply(factor(unit, element))
            .add(BigInteger.valueOf(KIB - 1))
            .divide(BigInteger.valueOf(KIB));
    if (kib.bitLength() > 53) {
      throw wrong(element, digits + " " + unit + " is too much memory");
    }
    memory.value = kib.toString();
    memory.unit = "KiB";
  }

  private static BigInteger factor(String unit, String element) throws VirtException {
    String lower = unit.toLowerCase(Locale.ROOT);
    Integer bytes = BYTES.get(lower);
    if (bytes != null) {
      return BigInteger.valueOf(bytes);
    }
    int power = lower.isEmpty() ? 0 : LETTERS.indexOf(lower.charAt(0)) + 1;
    String rest = lower.isEmpty() ? "?" : lower.substring(1);
    if (power > 0 && (rest.isEmpty() || rest.equals("ib"))) {
      return BigInteger.valueOf(KIB).pow(power);
    }
    if (power > 0 && rest.equals("b")) {
      return BigInteger.valueOf(1000).pow(power);
    }
    throw wrong(element, "'" + unit + "' is not a unit of memory");
  }

  private static VirtException wrong(String element, String reason) {
    return new VirtException(
        ErrorCode.XML_ERROR, "read domain XML: /domain/" + element + ": " + reason);
  }
}
