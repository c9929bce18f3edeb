package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is in an image. */
final class DiskFormat {
  private DiskFormat() {}

  /** Adds the members of the node of a format. */
  static void put(Machine machine, Node layer, Props format, CommandLine out) throws VirtException {
    String type = layer.get("driver/@type", layer.get("format/@type", "raw"));
    Node encryption = encryption(layer);
    String secret = null;
    if (encryption != null) {
      secret = Secrets.write(machine, format.get("node-name") + "-encryption", encryption, out);
    }
    switch (type) {
      case "raw", "fat" -> {
        boolean luks = encryption != null && encryption.is("@engine", "qemu");
        format.put("driver", luks ? "luks" : "raw").put("key-secret", luks ? secret : null);
      }
      case "qcow2", "qcow" -> {
        format.put("driver", type);
        if (encryption != null) {
          String kind = encryption.is("@format", "luks") ? "luks" : "aes";
          Props encrypt = new Props().put("format", kind).put("key-secret", secret);
          format.put("encrypt", encrypt);
        }
        Node size = layer.child("driver/metadata_cache/max_size");
        format.put("cache-size", size == null ? null : Numbers.bytes(size, size.text(), "bytes"));
      }
      case "ploop" -> format.put("driver", "parallels");
      case "vhd" -> format.put("driver", "vhdx");
      case "bochs", "cloop", "dmg", "qed", "vdi", "vmdk", "vpc" -> format.put("driver", type);
      default -> throw Refusal.value(layer.path("driver/@type"), type);
    }
  }

  static Node encryption(Node layer) {
    Node inner = layer.child("source/encryption");
    Node found = inner == null ? layer.child("encryption") : inner;
    return found == null || found.is("@format", "default", "unencrypted")
        ? null
        : found.is("@engine", "librbd") ? null : found;
  }
}
