package org.virt.driver.qemu.internal.device;

import java.math.BigInteger;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Options that only some disks have. */
final class DiskOptions {
  private static final BigInteger MAX_LIMIT = new BigInteger("1000000000000000");

  /** What a process beside QEMU decides. */
  private static final List<String> NOT_VHOST =
      List.of(
          "readonly",
          "iotune",
          "auth",
          "source/auth",
          "backingStore",
          "shareable",
          "blockio",
          "geometry",
          "transient",
          "serial",
          "wwn",
          "driver/@cache",
          "driver/@error_policy",
          "driver/@rerror_policy",
          "driver/@io",
          "driver/@ioeventfd",
          "driver/@copy_on_read",
          "driver/@discard",
          "driver/@iothread",
          "driver/@detect_zeroes");

  private DiskOptions() {}

  static void check(Guest guest, Node disk) throws VirtException {
    boolean removable = disk.is("@device", "cdrom", "floppy");
    boolean plain = disk.is("@device", "disk");
    if (disk.has("readonly") && plain && disk.is("target/@bus", "ide", "sata")) {
      throw Refusal.of(disk.path("readonly"), "disks on 'ide' and 'sata' can be written");
    }
    boolean turns = plain && disk.is("target/@bus", "scsi", "ide", "sata");
    if (disk.number("target/@rotation_rate", 0) != 0 && !turns) {
      throw Refusal.of(
          disk.path("target/@rotation_rate"), "is for disks on 'scsi', 'ide' and 'sata'");
    }
    geometry(disk);
    if (disk.on("transient/@shareBacking") && !disk.is("target/@bus", "virtio", "scsi", "usb")) {
      throw Refusal.of(disk.path("transient/@shareBacking"), "needs a bus with hot-plug");
    }
    if (disk.is("source/@startupPolicy", "requisite") && !removable) {
      throw Refusal.xml(disk.path("source/@startupPolicy"), "'requisite' is for CD-ROM and floppy");
    }
    if (disk.has("transient") && !disk.is("@type", "file")) {
      throw Refusal.of(disk.path("transient"), "is for type 'file'");
    }
    if (disk.has("source/reservations") && !disk.is("@device", "lun")) {
      throw Refusal.of(disk.path("source/reservations"), "is for 'lun'");
    }
    if (disk.is("@type", "dir") && !disk.is("driver/@type", "fat")) {
      throw Refusal.of(disk.path("driver/@type"), "a folder needs 'fat'");
    }
    if (disk.is("@type", "nvme") && disk.number("source/@namespace", 0) == 0) {
      throw Refusal.of(disk.path("source/@namespace"), "is missing or 0");
    }
    if (disk.has("driver/metadata_cache") && !disk.is("driver/@type", "qcow2")) {
      throw Refusal.of(disk.path("driver/metadata_cache"), "is for 'qcow2'");
    }
    if (disk.is("@type", "vhostuser")) {
      vhost(disk);
    }
    for (String option : disk.is("@type", "vhostuser") ? NOT_VHOST : List.<String>of()) {
      if (disk.has(option)) {
        throw Refusal.of(disk.path(option), "is not for type 'vhostuser'");
      }
    }
    tuning(guest, disk);
  }

  private static void vhost(Node disk) throws VirtException {
    disk.require("source/@path");
    disk.oneOf("driver/@name", "qemu");
    if (!DiskSourceCheck.isFormat(disk.get("driver/@type", "raw"))) {
      throw Refusal.value(disk.path("driver/@type"), disk.get("driver/@type"));
    }
    if (disk.on("source/reconnect/@enabled")) {
      disk.require("source/reconnect/@timeout");
    }
  }

  private static void geometry(Node disk) throws VirtException {
    if (!disk.has("geometry/@cyls")
        || !disk.has("geometry/@heads")
        || !disk.has("geometry/@secs")) {
      return;
    }
    if (disk.is("target/@bus", "usb")) {
      throw Refusal.of(disk.path("geometry"), "is not for 'usb'");
    }
    if (disk.has("geometry/@trans") && !disk.is("target/@bus", "ide")) {
      throw Refusal.of(disk.path("geometry/@trans"), "is for 'ide'");
    }
  }

  private static void tuning(Guest guest, Node disk) throws VirtException {
    Node tune = disk.child("iotune");
    if (tune == null) {
      return;
    }
    for (Node limit : tune.children()) {
      String text = limit.text();
      boolean number = text.matches("[0-9]+");
      if (number && new BigInteger(text).compareTo(MAX_LIMIT) > 0) {
        throw Refusal.of(limit.path(), text + " is more than " + MAX_LIMIT);
      }
    }
    String group = tune.get("group_name");
    if (group != null && tune.children().size() == 1) {
      throw Refusal.of(tune.path("group_name"), "stands without a limit");
    }
    for (Node other : group == null ? List.<Node>of() : guest.devices("disk")) {
      Node theirs = other.child("iotune");
      boolean same = theirs != null && other != disk && group.equals(theirs.get("group_name"));
      if (same && !limits(tune).equals(limits(theirs))) {
        throw Refusal.of(tune.path(), "another disk of the group '" + group + "' has other limits");
      }
    }
  }

  private static List<String> limits(Node tune) {
    return tune.children().stream().map(limit -> limit.name() + limit.text()).sorted().toList();
  }
}
