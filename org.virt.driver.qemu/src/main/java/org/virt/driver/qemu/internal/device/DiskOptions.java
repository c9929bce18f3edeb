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
    if (disk.has("target/@rotation_rate") && !disk.is("target/@bus", "scsi", "ide", "sata")) {
      throw Refusal.of(disk.path("target/@rotation_rate"), "is for 'scsi', 'ide' and 'sata'");
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
    for (String option : disk.is("@type", "vhostuser") ? NOT_VHOST : List.<String>of()) {
      if (disk.has(option)) {
        throw Refusal.of(disk.path(option), "is not for type 'vhostuser'");
      }
    }
    encryption(disk, disk.child("encryption"));
    encryption(disk, disk.child("source/encryption"));
    source(disk.child("source"));
    tuning(guest, disk);
  }

  private static void encryption(Node disk, Node encryption) throws VirtException {
    if (encryption == null) {
      return;
    }
    boolean old = encryption.is("@format", "qcow") || disk.is("driver/@type", "qcow");
    if (old || encryption.is("@format", "default") && disk.is("driver/@type", "qcow2")) {
      throw Refusal.of(encryption.path("@format"), "the old encryption of qcow2 is not supported");
    }
    if (!encryption.has("secret")) {
      throw Refusal.of(encryption.path("secret"), "missing");
    }
  }

  private static void source(Node source) throws VirtException {
    for (Node host : source == null ? List.<Node>of() : source.children("host")) {
      boolean unix = host.is("@transport", "unix");
      if (unix && !host.has("@socket")) {
        throw Refusal.xml(host.path("@socket"), "missing");
      }
      if (!unix && host.has("@socket")) {
        throw Refusal.xml(host.path("@socket"), "is for transport 'unix'");
      }
    }
    Node cookies = source == null ? null : source.child("cookies");
    for (Node cookie : cookies == null ? List.<Node>of() : cookies.children("cookie")) {
      if (!(cookie.get("@name") + cookie.text()).matches("[^\\s\\p{Cntrl},;\\\\]*")) {
        throw Refusal.xml(cookie.path(), "holds a character that no cookie can");
      }
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
