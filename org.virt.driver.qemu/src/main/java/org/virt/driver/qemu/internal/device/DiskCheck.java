package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of disks. */
final class DiskCheck {
  private static final Set<String> TYPES =
      Set.of("file", "block", "dir", "network", "volume", "nvme", "vhostuser");

  /** The kind of address that each bus has. */
  private static final Map<String, Set<String>> ADDRESSES =
      Map.of(
          "ide", Set.of("drive"),
          "scsi", Set.of("drive"),
          "sata", Set.of("drive"),
          "fdc", Set.of("drive"),
          "usb", Set.of("usb"),
          "virtio", Set.of("pci", "ccw", "virtio-mmio", "virtio-s390"));

  private DiskCheck() {}

  static void run(Guest guest, Node disk) throws VirtException {
    disk.oneOf("@device", "disk", "cdrom", "floppy", "lun");
    if (!TYPES.contains(disk.get("@type"))) {
      throw Refusal.value(disk.path("@type"), disk.get("@type"));
    }
    for (Node other : guest.devices("disk")) {
      if (other != disk && other.is("target/@dev", disk.get("target/@dev"))) {
        throw Refusal.xml(
            disk.path("target/@dev"), "'" + disk.get("target/@dev") + "' is there twice");
      }
    }
    bus(guest, disk);
    source(disk);
    format(disk);
    for (String part : List.of("auth", "encryption")) {
      if (disk.has(part) && disk.has("source/" + part)) {
        throw Refusal.of(disk.path(part), "the source has one, too");
      }
    }
    if (disk.is("@sgio", "unfiltered")) {
      throw Refusal.value(disk.path("@sgio"), "unfiltered");
    }
    if (disk.is("@device", "lun")) {
      lun(disk);
    } else if (disk.has("@rawio") || disk.has("@sgio")) {
      throw Refusal.of(disk.path("@device"), "rawio and sgio are for 'lun'");
    }
    identity(disk);
    features(guest, disk);
    DiskSourceCheck.run(disk);
    DiskOptions.check(guest, disk);
  }

  /** Only drives for media stand empty. */
  private static void source(Node disk) throws VirtException {
    Node source = disk.child("source");
    boolean empty = source == null || source.attributes().isEmpty() && source.children().isEmpty();
    if (empty && !disk.is("@device", "cdrom", "floppy")) {
      throw Refusal.of(disk.path("source"), "missing");
    }
  }

  private static void bus(Guest guest, Node disk) throws VirtException {
    String bus = disk.get("target/@bus");
    boolean cdrom = disk.is("@device", "cdrom");
    boolean floppy = disk.is("@device", "floppy");
    if (floppy != bus.equals("fdc")) {
      throw Refusal.of(disk.path("target/@bus"), "'" + bus + "' is not for this kind of disk");
    }
    DiskNames.check(disk);
    if (cdrom && bus.equals("virtio")) {
      throw Refusal.of(disk.path("target/@bus"), "a CD-ROM drive cannot be on 'virtio'");
    }
    Set<String> fitting = ADDRESSES.get(bus);
    if (fitting == null) {
      throw Refusal.value(disk.path("target/@bus"), bus);
    }
    String address = disk.get("address/@type");
    if (address != null && !fitting.contains(address)) {
      throw Refusal.of(
          disk.path("address/@type"), "'" + address + "' is not for the bus '" + bus + "'");
    }
    if (bus.equals("ide") && !hasIde(guest.board())) {
      throw Refusal.of(disk.path("target/@bus"), "'ide' is not for this machine; use 'sata'");
    }
    if (address != null && address.equals("drive")) {
      drive(guest, disk, bus);
    }
  }

  static boolean hasIde(Board board) {
    return board == Board.I440FX || board == Board.ISAPC;
  }

  private static void drive(Guest guest, Node disk, String bus) throws VirtException {
    Node at = disk.child("address");
    long max =
        switch (bus) {
          case "fdc" -> 1;
          default -> 16383;
        };
    if (at.number("@unit", 0) > max) {
      throw Refusal.of(at.path("@unit"), "'" + at.get("@unit") + "' is more than " + max);
    }
    if (!bus.equals("scsi") && at.number("@target", 0) != 0) {
      throw Refusal.of(at.path("@target"), "must be 0 on '" + bus + "'");
    }
    if (!bus.equals("ide") && at.number("@bus", 0) != 0 && !bus.equals("scsi")) {
      throw Refusal.of(at.path("@bus"), "must be 0 on '" + bus + "'");
    }
    if (bus.equals("scsi") && Drives.isLsi(guest, at.get("@controller"))) {
      if (at.number("@target", 0) != 0 || at.number("@bus", 0) != 0) {
        throw Refusal.of(at.path(), "'lsilogic' has units only");
      }
    }
    String key = Drives.key(disk);
    for (Node other : guest.devices("disk")) {
      boolean same = other != disk && other.is("target/@bus", bus) && other.has("address");
      if (same && Drives.key(other).equals(key)) {
        throw Refusal.xml(at.path(), "is that of the disk '" + other.get("target/@dev") + "', too");
      }
    }
  }

  private static void format(Node disk) throws VirtException {
    if (disk.is("@type", "vhostuser")) {
      return;
    }
    String type = disk.get("driver/@type", "raw");
    if (type.equals("dir")) {
      throw Refusal.of(disk.path("driver/@type"), "'dir' is no format; use disk type 'dir'");
    }
    if (!disk.is("driver/@name", "qemu")) {
      throw Refusal.value(disk.path("driver/@name"), disk.get("driver/@name"));
    }
    if (disk.has("shareable") && !type.equals("raw")) {
      throw Refusal.of(disk.path("shareable"), "needs the format 'raw', not '" + type + "'");
    }
    if (!DiskSourceCheck.isFormat(type)) {
      throw Refusal.value(disk.path("driver/@type"), type);
    }
    if (disk.is("driver/@io", "native") && !Cache.of(disk).isDirect()) {
      throw Refusal.of(disk.path("driver/@io"), "'native' needs cache 'none' or 'directsync'");
    }
    Cache.of(disk);
    boolean plain = disk.is("@device", "disk") && !disk.has("readonly");
    for (String option : List.of("driver/@copy_on_read", "transient")) {
      boolean on = option.equals("transient") ? disk.has(option) : disk.on(option);
      if (on && !plain) {
        throw Refusal.of(disk.path(option), "is for disks that can be written");
      }
    }
    boolean fat = disk.is("@type", "dir") || type.equals("fat");
    if (fat && !disk.is("@type", "dir", "volume")) {
      throw Refusal.of(disk.path("driver/@type"), "'fat' is for folders");
    }
    if (fat && !disk.has("readonly")) {
      throw Refusal.of(disk.path("readonly"), "a folder can only be read");
    }
  }

  private static void lun(Node disk) throws VirtException {
    boolean direct =
        disk.is("@type", "block", "volume")
            || disk.is("@type", "network") && disk.is("source/@protocol", "iscsi");
    if (!direct) {
      throw Refusal.of(disk.path("@device"), "'lun' needs type 'block', or 'network' with iscsi");
    }
    if (!disk.is("target/@bus", "virtio", "scsi")) {
      throw Refusal.of(disk.path("target/@bus"), "'lun' is for 'virtio' and 'scsi'");
    }
    if (!disk.get("driver/@type", "raw").equals("raw")) {
      throw Refusal.of(disk.path("driver/@type"), "'lun' needs 'raw'");
    }
    boolean serial = !disk.get("serial", "").isEmpty() && disk.is("target/@bus", "scsi");
    if (serial || disk.has("wwn") || disk.has("vendor") || disk.has("product")) {
      throw Refusal.of(disk.path(), "a 'lun' has the identity of its device");
    }
  }

  private static void identity(Node disk) throws VirtException {
    if (disk.has("wwn") && !disk.get("wwn").matches("(0x)?[0-9a-fA-F]{16}")) {
      throw Refusal.xml(disk.path("wwn"), "is not 16 hexadecimal digits");
    }
    boolean scsi = disk.is("target/@bus", "scsi");
    if ((disk.has("vendor") || disk.has("product")) && !scsi) {
      throw Refusal.of(disk.path("vendor"), "vendor and product are for 'scsi'");
    }
    if (disk.get("vendor", "").length() > 8 || disk.get("product", "").length() > 16) {
      throw Refusal.xml(disk.path("vendor"), "vendor has 8 characters, product 16");
    }
    if (disk.has("wwn") && !disk.is("target/@bus", "scsi", "ide")) {
      throw Refusal.of(disk.path("wwn"), "is for 'ide' and 'scsi'");
    }
    if (!disk.get("serial", "").matches("[A-Za-z0-9 _.+-]*")) {
      throw Refusal.xml(disk.path("serial"), "holds other characters than letters, digits, _.+-");
    }
  }

  private static void features(Guest guest, Node disk) throws VirtException {
    boolean virtio = disk.is("target/@bus", "virtio");
    for (String option : List.of("ioeventfd", "event_idx", "queues", "queue_size", "iothread")) {
      if (disk.has("driver/@" + option) && !virtio) {
        throw Refusal.of(disk.path("driver/@" + option), "is for 'virtio'");
      }
    }
    Long queues = disk.number("driver/@queues");
    if (queues != null && queues < 1) {
      throw Refusal.value(disk.path("driver/@queues"), disk.get("driver/@queues"));
    }
    if (disk.has("target/@tray") && !disk.is("@device", "cdrom", "floppy")) {
      throw Refusal.xml(disk.path("target/@tray"), "is for removable media");
    }
    if (disk.has("target/@removable") && !disk.is("target/@bus", "usb")) {
      throw Refusal.of(disk.path("target/@removable"), "is for 'usb'");
    }
    if (disk.is("@type", "vhostuser")) {
      if (!virtio || disk.has("iotune")) {
        throw Refusal.of(disk.path("@type"), "'vhostuser' is for 'virtio', without iotune");
      }
      if (!FilesystemPart.isShared(guest)) {
        throw Refusal.of(disk.path("@type"), "'vhostuser' needs shared memory");
      }
    }
    tuning(disk.child("iotune"));
  }

  private static void tuning(Node tune) throws VirtException {
    for (String unit : List.of("bytes", "iops")) {
      for (String end : List.of("_sec", "_sec_max")) {
        String total = "total_" + unit + end;
        boolean both =
            tune != null
                && tune.has(total)
                && (tune.has("read_" + unit + end) || tune.has("write_" + unit + end));
        if (both) {
          throw Refusal.of(tune.path(total), "stands beside those of reads and writes");
        }
      }
    }
  }
}
