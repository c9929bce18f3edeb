package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** The images behind a disk: a node of QEMU for each file, and one for its format. */
final class DiskImage {
  private static final Map<String, String> PORTS =
      Map.ofEntries(
          Map.entry("http", "80"),
          Map.entry("https", "443"),
          Map.entry("ftp", "21"),
          Map.entry("ftps", "990"),
          Map.entry("tftp", "69"),
          Map.entry("nbd", "10809"),
          Map.entry("ssh", "22"),
          Map.entry("iscsi", "3260"),
          Map.entry("gluster", "24007"),
          Map.entry("sheepdog", "7000"));

  private DiskImage() {}

  static void complete(Node disk) throws VirtException {
    boolean vhost = disk.is("@type", "vhostuser");
    if (!vhost) {
      Node driver = disk.child("driver");
      driver = driver == null ? disk.add(Node.of("driver")) : driver;
      driver.fill("name", "qemu");
      if (driver.is("@type", "aio")) {
        // An old name of it.
        driver.set("type", "raw");
      }
      if (!disk.is("@type", "volume")) {
        driver.fill("type", disk.is("@type", "dir") ? "fat" : "raw");
      }
      for (String option : List.of("cache", "error_policy", "io")) {
        if (driver.is("@" + option, "default")) {
          driver.set(option, null);
        }
      }
      bytes(driver.child("metadata_cache/max_size"));
    } else {
      disk.fill("snapshot", "no");
      if (disk.has("driver")) {
        disk.child("driver").fill("type", "raw");
      }
    }
    if (disk.is("@device", "cdrom", "floppy") && isEmptyNetwork(disk)) {
      disk.set("type", "file");
      disk.drop("source");
    }
    source(disk);
  }

  private static void bytes(Node size) throws VirtException {
    if (size != null) {
      size.text(Long.toString(Numbers.bytes(size, size.text(), "bytes"))).set("unit", "bytes");
    }
  }

  private static boolean isEmptyNetwork(Node disk) {
    return disk.is("@type", "network") && !disk.has("source");
  }

  private static void source(Node holder) {
    Node source = holder.child("source");
    if (source != null) {
      String port = PORTS.get(source.get("@protocol", ""));
      if (source.is("@protocol", "iscsi")) {
        unit(source);
      }
      for (Node host : source.children("host")) {
        if (port != null && host.get("@transport", "tcp").equals("tcp") && !host.has("@socket")) {
          host.fill("port", port);
        }
        if (host.is("@transport", "tcp")) {
          host.set("transport", null);
        }
      }
      encryption(source.child("encryption"));
    }
    encryption(holder.child("encryption"));
    for (Node more : holder.children("backingStore")) {
      source(more);
    }
  }

  /** Names the first unit of an iSCSI target when none is named. */
  static void unit(Node source) {
    String name = source.get("@name", "/");
    if (!name.contains("/")) {
      source.set("name", name + "/0");
    }
  }

  private static void encryption(Node encryption) {
    if (encryption != null && encryption.is("@format", "luks", "luks2", "luks-any")) {
      encryption.fill("engine", "qemu");
    }
  }

  /** Writes the images; returns the name of the node that the device reads, null for none. */
  static String write(Machine machine, Node disk, CommandLine out) throws VirtException {
    Node source = disk.child("source");
    if (disk.is("@type", "vhostuser")) {
      return null;
    }
    if (!DiskSource.isGiven(disk.get("@type", "file"), source)) {
      if (disk.is("@device", "cdrom", "floppy")) {
        return null;
      }
      throw Refusal.value(disk.path("source"), null);
    }
    String node = "disk" + machine.guest().devices("disk").indexOf(disk);
    String backing = backing(machine, disk, disk.child("backingStore"), 1, out);
    String format = layer(machine, disk, disk, node, backing, out);
    if (!disk.on("driver/@copy_on_read")) {
      return format;
    }
    String copy = node + "-copy-on-read";
    Props filter = Props.device("copy-on-read").put("node-name", copy).put("file", format);
    out.add("-blockdev", filter.put("discard", "unmap"));
    return copy;
  }

  /** Writes the images below, deepest first; returns null when QEMU finds them itself. */
  private static String backing(Machine machine, Node disk, Node store, int depth, CommandLine out)
      throws VirtException {
    if (store == null) {
      return null;
    }
    if (!store.has("source")) {
      return "";
    }
    String below = "disk" + machine.guest().devices("disk").indexOf(disk) + "-b" + depth;
    String deeper = backing(machine, disk, store.child("backingStore"), depth + 1, out);
    return layer(machine, disk, store, below, deeper, out);
  }

  /** Writes one image: where it is, and what is in it. */
  private static String layer(
      Machine machine, Node disk, Node layer, String node, String backing, CommandLine out)
      throws VirtException {
    boolean top = layer == disk;
    Node source = layer.child("source");
    Props storage = DiskSource.of(machine, disk, layer, out).put("node-name", node + "-storage");
    Cache cache = Cache.of(disk);
    storage.put("cache", cache.props());
    boolean readOnly = !top || disk.has("readonly");
    storage.put("auto-read-only", true).put("discard", "unmap");
    out.add("-blockdev", storage);
    String below = node + "-storage";
    Node slice = source.child("slices/slice");
    if (slice != null) {
      Props part = Props.device("raw").put("node-name", node + "-slice").put("file", below);
      part.put("offset", slice.number("@offset")).put("size", slice.number("@size"));
      out.add("-blockdev", part);
      below = node + "-slice";
    }
    Props format = new Props().put("node-name", node + "-format").put("read-only", readOnly);
    if (top) {
      format.put("discard", disk.get("driver/@discard"));
      format.put("detect-zeroes", zeroes(disk));
    }
    format.put("cache", cache.props());
    DiskFormat.put(machine, layer, format, out);
    format.put("file", below);
    boolean chained = List.of("qcow2", "qcow", "vmdk", "qed").contains(format.get("driver"));
    if (backing != null && chained) {
      format.put("backing", backing.isEmpty() ? com.google.gson.JsonNull.INSTANCE : backing);
    }
    out.add("-blockdev", format);
    return node + "-format";
  }

  private static String zeroes(Node disk) throws VirtException {
    disk.oneOf("driver/@detect_zeroes", "off", "on", "unmap");
    String zeroes = disk.get("driver/@detect_zeroes");
    boolean keeps = "unmap".equals(zeroes) && !disk.is("driver/@discard", "unmap");
    return keeps ? "on" : zeroes;
  }
}
