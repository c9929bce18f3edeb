package org.virt.driver.qemu.internal.device;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;

/**
 * Names the devices of a run as libvirt does: {@code net0}, {@code virtio-disk0}, {@code serial0}.
 * Names of the user's own begin with {@code ua-} and stay.
 */
public final class Aliases {
  private static final Map<String, String> PREFIXES =
      Map.ofEntries(
          Map.entry("interface", "net"),
          Map.entry("serial", "serial"),
          Map.entry("parallel", "parallel"),
          Map.entry("console", "console"),
          Map.entry("channel", "channel"),
          Map.entry("input", "input"),
          Map.entry("video", "video"),
          Map.entry("sound", "sound"),
          Map.entry("filesystem", "fs"),
          Map.entry("rng", "rng"),
          Map.entry("hostdev", "hostdev"),
          Map.entry("redirdev", "redir"),
          Map.entry("hub", "hub"),
          Map.entry("watchdog", "watchdog"),
          Map.entry("memballoon", "balloon"),
          Map.entry("smartcard", "smartcard"),
          Map.entry("tpm", "tpm"),
          Map.entry("panic", "panic"),
          Map.entry("shmem", "shmem"),
          Map.entry("vsock", "vsock"),
          Map.entry("iommu", "iommu"),
          Map.entry("crypto", "crypto"),
          Map.entry("nvram", "nvram"));

  /** Kinds in which a device with a name of its own does not use a number up. */
  private static final Set<String> COUNTED = Set.of("interface", "filesystem", "rng");

  private Aliases() {}

  /** Names every device of a complete machine. */
  public static void assign(Guest guest) throws VirtException {
    for (Node disk : guest.devices("disk")) {
      set(disk, disk(guest, disk));
    }
    for (Node controller : guest.devices("controller")) {
      set(controller, controller(guest, controller));
    }
    for (Map.Entry<String, String> kind : PREFIXES.entrySet()) {
      List<Node> devices = guest.devices(kind.getKey());
      boolean counted = COUNTED.contains(kind.getKey());
      int next = 0;
      for (Node device : devices) {
        set(device, kind.getValue() + next);
        next += counted && isOwn(device) ? 0 : 1;
      }
    }
    hostInterfaces(guest);
    memory(guest);
    List<Node> consoles = guest.devices("console");
    if (!consoles.isEmpty() && ConsolePart.isTwin(consoles.get(0))) {
      String serial = guest.devices("serial").get(0).get("alias/@name");
      consoles.get(0).ensure("alias").set("name", serial);
    }
  }

  /** Interfaces that are devices of the host are numbered with those. */
  private static void hostInterfaces(Guest guest) {
    int next = 0;
    for (Node card : guest.devices("interface")) {
      if (card.is("@type", "hostdev")) {
        set(card, "hostdev" + next);
        next += isOwn(card) ? 0 : 1;
      }
    }
    for (Node device : guest.devices("hostdev")) {
      set(device, "hostdev" + next);
      next += isOwn(device) ? 0 : 1;
    }
  }

  private static void memory(Guest guest) {
    Map<String, Integer> counts = new HashMap<>();
    for (Node memory : guest.devices("memory")) {
      String kind = memory.get("@model", "").replace("-", "");
      String slot = memory.get("address/@slot");
      int count = counts.merge(kind, 1, Integer::sum) - 1;
      boolean slotted = memory.is("address/@type", "dimm") && slot != null;
      set(memory, kind + (slotted ? slot : Integer.toString(count)));
    }
  }

  private static void set(Node device, String name) {
    if (!isOwn(device)) {
      device.ensure("alias").set("name", name);
    }
  }

  /** Says whether a device was given its name by the definition. */
  private static boolean isOwn(Node device) {
    return device.get("alias/@name", "").startsWith("ua-");
  }

  private static String disk(Guest guest, Node disk) throws VirtException {
    String bus = disk.get("target/@bus", "");
    Node at = disk.child("address");
    return switch (bus) {
      case "ide", "sata", "fdc" ->
          bus + at.get("@controller") + "-" + at.get("@bus") + "-" + at.get("@unit");
      case "scsi" -> {
        String target =
            Drives.isLsi(guest, at.get("@controller")) ? "" : "-" + at.get("@target", "0");
        String place = at.get("@controller") + "-" + at.get("@bus");
        yield "scsi" + place + target + "-" + at.get("@unit");
      }
      case "usb" -> "usb-disk" + DiskNames.index(disk);
      default -> bus + "-disk" + DiskNames.index(disk);
    };
  }

  private static String controller(Guest guest, Node controller) {
    String index = controller.get("@index");
    boolean first = index.equals("0");
    String type = controller.get("@type");
    return switch (type) {
      case "pci" -> first ? String.valueOf(guest.board().rootBus()) : "pci." + index;
      case "usb" -> first ? "usb" : "usb" + index;
      case "ide" -> first && guest.board() == Board.I440FX ? "ide" : "ide" + index;
      case "sata" -> first && guest.board() == Board.Q35 ? "ide" : "sata" + index;
      default -> type + index;
    };
  }
}
