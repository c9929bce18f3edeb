package org.virt.driver.qemu.internal.argv;

import com.google.gson.JsonObject;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Aliases;
import org.virt.driver.qemu.internal.config.Family;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Device;
import org.virt.model.domain.Disk;

/** Writes disks: a node for the file, one for its format, and the device that the guest sees. */
final class DiskWriter {
  private final Machine machine;
  private final Disk disk;
  private final String path;
  private final boolean cdrom;
  private final String node;

  private DiskWriter(Machine machine, Disk disk, int number) throws VirtException {
    this.machine = machine;
    this.disk = disk;
    this.path = Nodes.path("disk", machine.config().devices.disks, disk);
    this.cdrom = "cdrom".equals(disk.device);
    this.node = "disk" + number;
  }

  static void write(Machine machine, CommandLine out) throws VirtException {
    int number = 0;
    for (Disk disk : machine.config().devices.disks) {
      new DiskWriter(machine, disk, number++).write(out);
    }
  }

  private void write(CommandLine out) throws VirtException {
    if (!cdrom && !"disk".equals(disk.device)) {
      throw Refusal.value(path + "/@device", disk.device);
    }
    String drive = null;
    if (hasImage()) {
      Cache cache = Cache.of(path, disk.driver);
      out.add("-blockdev", storage(cache).toString());
      out.add("-blockdev", format(cache).toString());
      drive = node + "-format";
    } else if (!cdrom) {
      throw Refusal.value(path + "/source", null);
    }
    out.json("-device", device(drive));
  }

  private boolean hasImage() {
    return disk.source != null && (disk.source.file != null || disk.source.dev != null);
  }

  private JsonObject storage(Cache cache) throws VirtException {
    String driver;
    String file;
    switch (String.valueOf(disk.type)) {
      case "file" -> {
        driver = "file";
        file = disk.source.file;
      }
      case "block" -> {
        driver = cdrom ? "host_cdrom" : "host_device";
        file = disk.source.dev;
      }
      default -> throw Refusal.value(path + "/@type", disk.type);
    }
    if (file == null) {
      throw Refusal.of(path + "/source", "no path for type '" + disk.type + "'");
    }
    return CommandLine.object(
        "driver",
        driver,
        "filename",
        file,
        "aio",
        aio(cache),
        "node-name",
        node + "-storage",
        "cache",
        cache.json(),
        "auto-read-only",
        true,
        "discard",
        "unmap");
  }

  private String aio(Cache cache) throws VirtException {
    String io = disk.driver.io;
    if (io == null) {
      return null;
    }
    if (!io.matches("native|threads|io_uring")) {
      throw Refusal.value(path + "/driver/@io", io);
    }
    if (io.equals("native") && !cache.isDirect()) {
      throw Refusal.of(path + "/driver/@io", "'native' needs cache 'none' or 'directsync'");
    }
    return io;
  }

  private JsonObject format(Cache cache) throws VirtException {
    String discard = disk.driver.discard;
    if (discard != null && !discard.matches("unmap|ignore")) {
      throw Refusal.value(path + "/driver/@discard", discard);
    }
    if (!"qemu".equals(disk.driver.name)) {
      throw Refusal.value(path + "/driver/@name", disk.driver.name);
    }
    if (!disk.driver.type.matches("raw|qcow2")) {
      throw Refusal.value(path + "/driver/@type", disk.driver.type);
    }
    return CommandLine.object(
        "node-name",
        node + "-format",
        "read-only",
        cdrom || disk.readonly != null,
        "discard",
        discard,
        "cache",
        cache.json(),
        "driver",
        disk.driver.type,
        "file",
        node + "-storage");
  }

  private Object[] device(String drive) throws VirtException {
    Boolean shared = disk.shareable == null ? null : Boolean.TRUE;
    String writeCache = drive == null ? null : Cache.of(path, disk.driver).writeCache();
    return Machine.members(
        place(),
        Machine.of(
            "share-rw",
            shared,
            "drive",
            drive,
            "id",
            disk.alias.name,
            "bootindex",
            machine.bootIndex(disk, disk.boot),
            "write-cache",
            writeCache,
            "serial",
            disk.serial));
  }

  private Object[] place() throws VirtException {
    Device.Address at = disk.address;
    switch (disk.target.bus) {
      case "virtio" -> {
        if (cdrom) {
          throw Refusal.of(path + "/target/@bus", "a CD-ROM drive cannot be on 'virtio'");
        }
        return Machine.members(Machine.of("driver", "virtio-blk-pci"), machine.pci(path, disk));
      }
      case "ide" -> {
        return ide("ide." + at.bus, unit());
      }
      case "sata" -> {
        boolean onBoard = machine.family() == Family.Q35 && "0".equals(at.controller);
        String bus = (onBoard ? "ide." : "sata" + at.controller + ".") + at.unit;
        return ide(bus, null);
      }
      default -> {
        return scsi(at);
      }
    }
  }

  private Integer unit() throws VirtException {
    return Nodes.number(path + "/address/@unit", disk.address.unit);
  }

  private Object[] ide(String bus, Integer unit) {
    return Machine.of("driver", cdrom ? "ide-cd" : "ide-hd", "bus", bus, "unit", unit);
  }

  private Object[] scsi(Device.Address at) throws VirtException {
    boolean lsi = Aliases.isLsi(machine.config(), at.controller);
    String deviceId = disk.serial == null ? "drive-" + disk.alias.name : disk.serial;
    return Machine.members(
        Machine.of("driver", cdrom ? "scsi-cd" : "scsi-hd", "bus", "scsi" + at.controller + ".0"),
        lsi
            ? Machine.of("scsi-id", unit())
            : Machine.of(
                "channel",
                0,
                "scsi-id",
                Nodes.number(path + "/address/@target", at.target),
                "lun",
                unit()),
        Machine.of("device_id", deviceId));
  }
}
