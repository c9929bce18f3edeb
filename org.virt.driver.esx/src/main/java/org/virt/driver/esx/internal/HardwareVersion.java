package org.virt.driver.esx.internal;

import java.util.Map;
import java.util.TreeMap;

/** The virtual hardware that each product brought (VMware KB 1003746). */
final class HardwareVersion {
  private static final int GSX = 7;
  private static final int OLDEST = 4;
  private static final TreeMap<Integer, Integer> OF_ESX =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(305, 4),
              Map.entry(400, 7),
              Map.entry(500, 8),
              Map.entry(501, 9),
              Map.entry(505, 10),
              Map.entry(600, 11),
              Map.entry(605, 13),
              Map.entry(607, 14),
              Map.entry(700, 17),
              Map.entry(800, 20)));

  private HardwareVersion() {}

  /** Returns the version for a product, such as {@code esx} and {@code 6.5.0}. */
  static int of(String scheme, String product) {
    if (scheme.equals("gsx")) {
      return GSX;
    }
    String[] parts = product.split("\\.");
    int number = digits(parts[0]) * 100 + (parts.length > 1 ? digits(parts[1]) : 0);
    Map.Entry<Integer, Integer> found = OF_ESX.floorEntry(number);
    return found == null ? OLDEST : found.getValue();
  }

  private static int digits(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
  }
}
