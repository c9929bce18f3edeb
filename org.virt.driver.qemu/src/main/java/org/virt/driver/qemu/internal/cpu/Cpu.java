package org.virt.driver.qemu.internal.cpu;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a CPU can do.
 *
 * @param vendor libvirt's name of its maker; empty where any, or none that is known
 * @param features libvirt's names, in alphabetical order
 */
public record Cpu(String vendor, Set<String> features) {
  public Cpu {
    features = java.util.Collections.unmodifiableSet(new TreeSet<>(features));
  }

  /** Returns libvirt's name of a maker that a CPU names in its own words. */
  static String vendor(String own) {
    return switch (own) {
      case "AuthenticAMD" -> "AMD";
      case "GenuineIntel" -> "Intel";
      case "HygonGenuine" -> "Hygon";
      default -> "";
    };
  }

  /** Returns those of some features that this CPU lacks. */
  Set<String> lacks(Collection<String> wanted) {
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(features);
    return missing;
  }
}
