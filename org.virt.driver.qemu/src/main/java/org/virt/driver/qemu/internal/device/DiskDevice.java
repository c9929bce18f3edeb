package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Makes the device of a disk. */
final class DiskDevice {
  private DiskDevice() {}

  /**
   * Returns it.
   *
   * @param drive name of the node of its image, null for an empty drive
   */
  static Props of(Machine machine, Node disk, String drive) throws VirtException {
    Props props = front(machine, disk);
    boolean vhost = disk.is("@type", "vhostuser");
    if (disk.has("shareable") && !vhost) {
      props.put("share-rw", true);
    }
    if (vhost) {
      props.put("chardev", "chr-vu-" + Machine.alias(disk));
    } else {
      props.put("drive", drive);
    }
    props.put("id", Machine.alias(disk));
    boolean floppy = disk.is("@device", "floppy");
    props.put("bootindex", floppy ? null : machine.bootIndex(disk));
    blocks(props, disk);
    identity(props, disk);
    Cache cache = Cache.of(disk);
    if (!vhost && !disk.is("@device", "lun")) {
      props.put("write-cache", cache.writeCache());
    }
    return errors(props, disk);
  }

  private static Props front(Machine machine, Node disk) throws VirtException {
    Guest guest = machine.guest();
    boolean cdrom = disk.is("@device", "cdrom");
    Node at = disk.child("address");
    switch (disk.get("target/@bus")) {
      case "virtio" -> {
        return virtio(machine, disk);
      }
      case "ide" -> {
        return ide(cdrom, "ide." + at.get("@bus"), at.number("@unit"));
      }
      case "sata" -> {
        boolean onBoard = guest.board() == Board.Q35 && at.is("@controller", "0");
        String bus = onBoard ? "ide" : guest.bus("sata", at.get("@controller"));
        return ide(cdrom, bus + "." + at.get("@unit"), null);
      }
      case "scsi" -> {
        return scsi(guest, disk);
      }
      case "usb" -> {
        Props usb = machine.place(Props.device("usb-storage"), disk);
        return usb.put("removable", disk.on("target/@removable"));
      }
      case "fdc" -> {
        return Props.device("floppy").put("unit", at.number("@unit"));
      }
      default -> throw Refusal.value(disk.path("target/@bus"), disk.get("target/@bus"));
    }
  }

  private static Props virtio(Machine machine, Node disk) throws VirtException {
    String kind = disk.is("@type", "vhostuser") ? "vhost-user-blk" : "virtio-blk";
    Props props = Props.device(Virtio.driver(kind, disk, disk.get("@model")));
    String iothread = disk.get("driver/@iothread");
    props.put("iothread", iothread == null ? null : "iothread" + iothread);
    props.put("ioeventfd", disk.flag("driver/@ioeventfd"));
    props.put("event_idx", disk.flag("driver/@event_idx"));
    props.put("num-queues", disk.number("driver/@queues"));
    props.put("queue-size", positive(disk, "driver/@queue_size"));
    if (disk.is("@device", "lun")) {
      props.put("scsi", true);
    }
    return machine.place(Virtio.options(props, disk), disk);
  }

  private static Props ide(boolean cdrom, String bus, Long unit) {
    return Props.device(cdrom ? "ide-cd" : "ide-hd").put("bus", bus).put("unit", unit);
  }

  private static Props scsi(Guest guest, Node disk) throws VirtException {
    boolean lun = disk.is("@device", "lun");
    String driver = lun ? "scsi-block" : disk.is("@device", "cdrom") ? "scsi-cd" : "scsi-hd";
    Props props = Drives.onScsi(guest, disk.child("address"), Props.device(driver));
    if (lun) {
      return props;
    }
    String serial = disk.get("serial", "drive-" + Machine.alias(disk));
    return props.put("device_id", serial);
  }

  private static void blocks(Props props, Node disk) throws VirtException {
    props.put("logical_block_size", positive(disk, "blockio/@logical_block_size"));
    props.put("physical_block_size", positive(disk, "blockio/@physical_block_size"));
    props.put("discard_granularity", disk.number("blockio/@discard_granularity"));
    Node geometry = disk.child("geometry");
    if (geometry != null) {
      props.put("cyls", geometry.number("@cyls")).put("heads", geometry.number("@heads"));
      props.put("secs", geometry.number("@secs")).put("bios-chs-trans", geometry.get("@trans"));
    }
    props.put("rotation_rate", positive(disk, "target/@rotation_rate"));
  }

  /** Returns a number; 0 means what is usual, as none does. */
  private static Long positive(Node disk, String path) throws VirtException {
    long number = disk.number(path, 0);
    return number == 0 ? null : number;
  }

  private static void identity(Props props, Node disk) throws VirtException {
    String wwn = disk.get("wwn");
    if (wwn != null) {
      props.put("wwn", Numbers.parse("0x" + wwn.replaceFirst("^0x", "")));
    }
    props.put("vendor", disk.get("vendor")).put("product", disk.get("product"));
    props.put("serial", disk.get("serial"));
  }

  private static Props errors(Props props, Node disk) throws VirtException {
    if (disk.is("@type", "vhostuser")) {
      return props;
    }
    disk.oneOf("driver/@error_policy", "stop", "report", "ignore", "enospace");
    disk.oneOf("driver/@rerror_policy", "stop", "report", "ignore");
    String write = disk.get("driver/@error_policy");
    boolean space = "enospace".equals(write);
    String read = disk.get("driver/@rerror_policy", space ? null : write);
    return props.put("werror", space ? "enospc" : write).put("rerror", read);
  }
}
