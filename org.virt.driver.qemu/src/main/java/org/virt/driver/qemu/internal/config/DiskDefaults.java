package org.virt.driver.qemu.internal.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.model.domain.Disk;
import org.virt.model.domain.Features;

/** Fills in what a disk leaves open. */
public final class DiskDefaults {
  private static final int IDE_UNITS = 2;
  private static final int IDE_BUSES = 2;
  private static final int SATA_UNITS = 6;

  /** As libvirt has it for every SCSI controller. */
  private static final int SCSI_UNITS = 7;

  private static final int LETTERS = 26;

  private DiskDefaults() {}

  static void complete(Disk disk, String path) throws VirtException {
    if (disk.device == null) {
      disk.device = "disk";
    }
    if (disk.target == null || disk.target.dev == null) {
      throw Refusal.value(path + "/target/@dev", null);
    }
    if (disk.target.bus == null) {
      disk.target.bus = bus(disk.target.dev, path);
    }
    if (disk.driver == null) {
      disk.driver = new Disk.Driver();
    }
    if (disk.driver.name == null) {
      disk.driver.name = "qemu";
    }
    if (disk.driver.type == null) {
      disk.driver.type = "raw";
    }
    if (disk.device.equals("cdrom") && disk.readonly == null) {
      disk.readonly = new Features.Flag();
    }
    if (disk.address == null) {
      place(disk, path);
    }
  }

  /** Sorts the disks of each bus by name, buses as they come: so libvirt keeps them. */
  static List<Disk> sort(List<Disk> disks) throws VirtException {
    Map<String, Map<Integer, Disk>> buses = new LinkedHashMap<>();
    for (Disk disk : disks) {
      String path = Nodes.path("disk", disks, disk);
      Disk other =
          buses
              .computeIfAbsent(disk.target.bus, bus -> new TreeMap<>())
              .put(index(disk.target.dev, path), disk);
      if (other != null) {
        throw Refusal.of(path + "/target/@dev", "'" + disk.target.dev + "' is there twice");
      }
    }
    List<Disk> sorted = new ArrayList<>();
    buses.values().forEach(bus -> sorted.addAll(bus.values()));
    return sorted;
  }

  private static String bus(String dev, String path) throws VirtException {
    return switch (dev.length() < 2 ? "" : dev.substring(0, 2)) {
      case "hd" -> "ide";
      case "sd" -> "scsi";
      case "vd" -> "virtio";
      default -> throw Refusal.of(path + "/target/@bus", "missing, and not told by '" + dev + "'");
    };
  }

  private static void place(Disk disk, String path) throws VirtException {
    int index = index(disk.target.dev, path);
    switch (disk.target.bus) {
      case "ide" -> {
        int unit = index % IDE_UNITS;
        int bus = index / IDE_UNITS % IDE_BUSES;
        drive(disk, index / (IDE_UNITS * IDE_BUSES), bus, unit);
      }
      case "sata" -> drive(disk, index / SATA_UNITS, 0, index % SATA_UNITS);
      case "scsi" -> drive(disk, index / SCSI_UNITS, 0, index % SCSI_UNITS);
      default -> {
        // PCI addresses are given out together, other buses are refused at the start.
      }
    }
  }

  private static void drive(Disk disk, int controller, int bus, int unit) {
    Nodes.place(
        disk, "drive", Integer.toString(controller), Integer.toString(bus), Integer.toString(unit));
  }

  /** Returns the number that the letters of a name mean: {@code vda} is 0, {@code vdaa} 26. */
  public static int index(String dev, String path) throws VirtException {
    if (!dev.matches("(hd|sd|vd|fd|xvd|ubd)[a-z]{1,3}")) {
      throw Refusal.of(path + "/target/@dev", "'" + dev + "' is no name of a disk");
    }
    int index = 0;
    for (char letter : dev.replaceFirst("^(hd|sd|vd|fd|xvd|ubd)", "").toCharArray()) {
      index = index * LETTERS + letter - 'a' + 1;
    }
    return index - 1;
  }
}
