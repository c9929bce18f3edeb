package org.virt.driver.qemu.internal.board;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;

/** The files of a firmware. */
public final class FirmwareFiles {
  private FirmwareFiles() {}

  static void complete(Node os) {
    Node nvram = os.child("nvram");
    if (nvram != null && nvram.has("source") && !nvram.has("@type")) {
      nvram.set("type", "file");
    }
    Node loader = os.child("loader");
    if (loader != null && !loader.text().isEmpty() && !os.has("@firmware")) {
      loader.fill("type", "rom");
    }
    boolean alone =
        Firmware.isFlash(os) && os.on("loader/@readonly") && !os.on("loader/@stateless");
    if (alone && nvram == null) {
      // Who cannot write to the code has its variables elsewhere, in a file made at the start.
      os.add(Node.of("nvram"));
    }
    Node features = os.child("firmware");
    if (features == null) {
      return;
    }
    List<Node> all = features.children("feature");
    boolean enrolled =
        all.stream().anyMatch(f -> f.is("@name", "enrolled-keys") && f.on("@enabled"));
    boolean secure = all.stream().anyMatch(f -> f.is("@name", "secure-boot"));
    if (enrolled && !secure) {
      // Keys are of no use without it.
      features.add(Node.of("feature", "enabled", "yes", "name", "secure-boot"));
    }
  }

  /** Says whether the machine has flash memory for its firmware. */
  static boolean hasCode(Guest guest) {
    Node os = guest.root().child("os");
    return Firmware.isFlash(os) || os.is("@firmware", "efi");
  }

  static boolean hasVariables(Guest guest) {
    Node os = guest.root().child("os");
    return hasCode(guest) && !os.on("loader/@stateless") && (os.has("nvram") || isChosen(os));
  }

  private static boolean isChosen(Node os) {
    return os.is("@firmware", "efi");
  }

  /** Writes the flash memory, or the path of a BIOS. */
  static void write(Machine machine, CommandLine out) throws VirtException {
    Guest guest = machine.guest();
    Node os = guest.root().child("os");
    if (!hasCode(guest)) {
      if (os.has("loader")) {
        out.optional("-bios", os.get("loader").isEmpty() ? null : os.get("loader"));
      }
      return;
    }
    Node chosen = isChosen(os) ? machine.facts().firmware(guest) : os;
    String code = chosen.get("loader");
    flash("libvirt-pflash0", code, true, out);
    if (os.on("loader/@secure") || chosen.on("@smm")) {
      // Only system management mode writes the variables.
      out.add("-global", "driver=cfi.pflash01,property=secure,value=on");
    }
    if (!hasVariables(guest)) {
      return;
    }
    Node nvram = os.child("nvram");
    if (nvram != null && nvram.is("@type", "network", "block")) {
      Node disk = Node.of("nvram", "type", nvram.get("@type"));
      disk.add(nvram.child("source").copy());
      disk.add(Node.of("alias", "name", "libvirt-pflash1"));
      Props source = org.virt.driver.qemu.internal.device.DiskSource.of(machine, disk, disk, out);
      node("libvirt-pflash1", source, false, out);
      return;
    }
    String own = machine.facts().variables();
    String path = nvram == null ? own : nvram.get("source/@file", nvram.text());
    flash("libvirt-pflash1", path.isEmpty() ? own : path, false, out);
  }

  private static void flash(String name, String path, boolean readOnly, CommandLine out) {
    node(name, Props.device("file").put("filename", path), readOnly, out);
  }

  private static void node(String name, Props storage, boolean readOnly, CommandLine out) {
    String below = name + "-storage";
    storage.put("node-name", below).put("auto-read-only", true).put("discard", "unmap");
    out.add("-blockdev", storage);
    Props format = new Props().put("node-name", name + "-format").put("read-only", readOnly);
    out.add("-blockdev", format.put("driver", "raw").put("file", below));
  }
}
