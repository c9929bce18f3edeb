package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What the name of a disk such as {@code vda} means. */
public final class DiskNames {
  private static final int LETTERS = 26;
  private static final String NAME = "(fd|hd|sd|vd|xvd|ubd)([a-z]{1,3})([0-9]*)";

  private DiskNames() {}

  /** Returns the number that the letters mean: {@code vda} is 0, {@code vdaa} 26. */
  public static int index(Node disk) throws VirtException {
    String dev = disk.get("target/@dev", "");
    if (!dev.matches(NAME)) {
      throw Refusal.of(disk.path("target/@dev"), "'" + dev + "' is no name of a disk");
    }
    int index = 0;
    for (char letter : dev.replaceFirst(NAME, "$2").toCharArray()) {
      index = index * LETTERS + letter - 'a' + 1;
    }
    return index - 1;
  }

  /** Refuses the name of a partition, and one for a floppy of another disk, or the other way. */
  static void check(Node disk) throws VirtException {
    String dev = disk.get("target/@dev", "");
    if (!dev.replaceFirst(NAME, "$3").isEmpty()) {
      throw Refusal.of(disk.path("target/@dev"), "'" + dev + "' is a partition");
    }
    boolean floppy = disk.is("@device", "floppy");
    if (dev.startsWith("fd") ? disk.is("@device", "disk", "lun") : floppy) {
      throw Refusal.of(disk.path("target/@dev"), "'" + dev + "' is not for this kind of disk");
    }
  }

  /** Returns the bus that a name implies. */
  static String bus(Node disk) throws VirtException {
    String dev = disk.get("target/@dev", "");
    return switch (dev.replaceFirst(NAME, "$1")) {
      case "fd" -> "fdc";
      case "hd" -> "ide";
      case "sd" -> "scsi";
      case "vd" -> "virtio";
      case "xvd" -> "xen";
      default ->
          throw Refusal.of(disk.path("target/@bus"), "missing, and not told by '" + dev + "'");
    };
  }
}
