package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of where an image is, and of the images behind it. */
public final class DiskSourceCheck {
  /** Formats in libvirt's words. */
  private static final Set<String> FORMATS =
      Set.of(
          "raw", "fat", "qcow2", "qcow", "bochs", "cloop", "dmg", "ploop", "qed", "vdi", "vhd",
          "vmdk", "vpc");

  /** Formats of images that have others behind them. */
  private static final Set<String> LAYERED = Set.of("qcow", "qcow2", "qed", "vmdk");

  /** Types whose images may be missing at a start. */
  private static final Set<String> OPTIONAL = Set.of("file", "block", "dir", "volume");

  private DiskSourceCheck() {}

  /** Checks a disk and all images behind it. */
  static void run(Node disk) throws VirtException {
    String policy = "source/@startupPolicy";
    if (disk.has(policy) && !OPTIONAL.contains(disk.get("@type"))) {
      throw Refusal.xml(disk.path(policy), "is not for type '" + disk.get("@type") + "'");
    }
    if (disk.is("@device", "lun") && disk.has("source/slices")) {
      throw Refusal.of(disk.path("source/slices"), "a 'lun' has none");
    }
    reservations(disk.child("source/reservations"));
    NetworkSourceCheck.run(disk, disk.get("@type"));
    encryption(disk, disk.get("driver/@type", "raw"));
    layers(disk);
  }

  /** Checks where the variables of a firmware are. */
  public static void variables(Node nvram) throws VirtException {
    Node source = nvram.child("source");
    if (source == null) {
      return;
    }
    String type = nvram.get("@type", "file");
    nvram.oneOf("@type", "file", "block", "network");
    if (!type.equals("network")) {
      source.require(type.equals("file") ? "@file" : "@dev");
    }
    for (String part : List.of("slices", "reservations")) {
      if (source.has(part)) {
        throw Refusal.of(source.path(part), "variables have none");
      }
    }
    NetworkSourceCheck.run(nvram, type);
    encryption(nvram, "raw");
  }

  static boolean isFormat(String format) {
    return FORMATS.contains(format);
  }

  private static void layers(Node over) throws VirtException {
    Node layer = over.child("backingStore");
    String type = layer == null ? null : layer.get("@type");
    if (type == null) {
      return;
    }
    String format = layer.get("format/@type");
    if (format == null || !layer.has("source")) {
      throw Refusal.xml(layer.path(format == null ? "format/@type" : "source"), "missing");
    }
    if (!isFormat(format)) {
      throw Refusal.xml(layer.path("format/@type"), "'" + format + "' is not supported");
    }
    NetworkSourceCheck.run(layer, type);
    encryption(layer, format);
    layers(layer);
  }

  /** Refuses images behind one whose format knows of none, and places that no driver reaches. */
  static void runnable(Node disk) throws VirtException {
    Node over = disk;
    String format = disk.get("driver/@type", "raw");
    while (over != null) {
      NetworkSourceCheck.reachable(over.child("source"));
      Node layer = over.child("backingStore");
      if (layer != null && layer.has("@type") && !LAYERED.contains(format)) {
        throw Refusal.of(layer.path(), "an image of format '" + format + "' has none behind it");
      }
      format = layer == null ? null : layer.get("format/@type", "raw");
      over = layer;
    }
  }

  private static void encryption(Node layer, String format) throws VirtException {
    Node encryption = layer.child("source/encryption");
    encryption = encryption == null ? layer.child("encryption") : encryption;
    if (encryption == null) {
      return;
    }
    if (layer.is("@type", "vhostuser") || layer.is("@device", "lun")) {
      throw Refusal.of(encryption.path(), "is not for such a disk");
    }
    String kind = encryption.get("@format", "");
    boolean ceph = encryption.is("@engine", "librbd");
    if (kind.equals("qcow") || kind.equals("default") || format.equals("qcow")) {
      throw Refusal.of(encryption.path("@format"), "the old encryption of qcow2 is not supported");
    }
    if (ceph && !layer.is("source/@protocol", "rbd")) {
      throw Refusal.of(encryption.path("@engine"), "'librbd' is for images of 'rbd'");
    }
    if (!kind.equals("luks") && !(ceph && kind.equals("luks2"))) {
      throw Refusal.value(encryption.path("@format"), kind);
    }
    if (!ceph && !format.equals("raw") && !format.equals("qcow2")) {
      throw Refusal.of(encryption.path(), "needs the format 'raw' or 'qcow2'");
    }
    for (String member : List.of("cipher", "ivgen")) {
      if (encryption.has(member)) {
        throw Refusal.of(encryption.path(member), "is for the making of a volume");
      }
    }
    if (!encryption.has("secret")) {
      throw Refusal.of(encryption.path("secret"), "missing");
    }
    for (Node secret : encryption.children("secret")) {
      if (secret.has("@uuid") == secret.has("@usage")) {
        throw Refusal.xml(secret.path(), "has either uuid or usage");
      }
    }
  }

  private static void reservations(Node reservations) throws VirtException {
    if (reservations == null) {
      return;
    }
    reservations.require("@managed");
    if (reservations.on("@managed")) {
      return;
    }
    if (!reservations.is("source/@type", "unix") || !reservations.is("source/@mode", "client")) {
      throw Refusal.xml(reservations.path("source"), "is no socket to connect to");
    }
    reservations.require("source/@path");
  }
}
