package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Places of devices where there is no PCI: channel numbers, and memory-mapped virtio. */
final class ChannelBus {
  private static final List<String> ORDER =
      List.of(
          "disk",
          "interface",
          "hostdev",
          "memballoon",
          "controller",
          "filesystem",
          "rng",
          "input",
          "vsock",
          "video",
          "crypto");

  private static final int MAX_SUBSET = 3;

  private ChannelBus() {}

  static void place(Guest guest) throws VirtException {
    if (guest.board() == Board.S390) {
      channels(guest);
    } else if (guest.board() == Board.MICROVM || isMapped(guest)) {
      for (Node device : devices(guest)) {
        if (!device.has("address")) {
          device.add(Node.of("address", "type", "virtio-mmio"));
        }
      }
    }
  }

  /** On an Arm board the devices follow those that are given a place without PCI. */
  private static boolean isMapped(Guest guest) {
    return guest.board() == Board.VIRT
        && guest.isArm()
        && guest.devices().children().stream().anyMatch(d -> d.is("address/@type", "virtio-mmio"));
  }

  private static List<Node> devices(Guest guest) throws VirtException {
    List<Node> found = new ArrayList<>();
    for (String kind : ORDER) {
      for (Node device : guest.devices(kind)) {
        if (isVirtio(device)) {
          found.add(device);
        }
      }
    }
    return found;
  }

  private static boolean isVirtio(Node device) {
    return switch (device.name()) {
      case "disk" -> device.is("target/@bus", "virtio");
      case "interface" -> device.get("model/@type", "").startsWith("virtio");
      case "controller" ->
          device.is("@type", "virtio-serial")
              || device.is("@type", "scsi") && device.get("@model", "").startsWith("virtio");
      case "hostdev" -> device.is("@type", "scsi_host") || device.is("@model", "vfio-ccw");
      case "input" -> device.is("@bus", "virtio");
      case "memballoon" -> !device.is("@model", "none");
      case "video" -> device.is("model/@type", "virtio");
      default -> true;
    };
  }

  private static void channels(Guest guest) throws VirtException {
    Set<String> taken = new HashSet<>();
    List<Node> all = devices(guest);
    for (Node device : guest.devices().children()) {
      Node address = device.child("address");
      if (address != null && address.is("@type", "ccw") && address.attributes().size() > 1) {
        String key = normalise(address);
        if (!taken.add(key)) {
          throw Refusal.xml(address.path("@devno"), "'" + key + "' is in use already");
        }
      }
    }
    long next = 0;
    for (Node device : all) {
      boolean elsewhere = device.has("address/@type") && !device.is("address/@type", "ccw");
      if (elsewhere || device.has("address/@devno")) {
        continue;
      }
      while (taken.contains("0xfe.0x0." + Numbers.hex(next, 4))) {
        next++;
      }
      Node address = device.ensure("address").set("type", "ccw").set("cssid", "0xfe");
      address.set("ssid", "0x0").set("devno", Numbers.hex(next++, 4));
    }
  }

  private static String normalise(Node address) throws VirtException {
    for (String part : List.of("@cssid", "@ssid", "@devno")) {
      address.require(part);
    }
    if (address.number("@ssid", 0) > MAX_SUBSET) {
      throw Refusal.xml(address.path("@ssid"), "'" + address.get("@ssid") + "' is more than 3");
    }
    address.set("cssid", Numbers.hex(address.number("@cssid", 0xfe), 1));
    address.set("ssid", Numbers.hex(address.number("@ssid", 0), 1));
    address.set("devno", Numbers.hex(address.number("@devno", 0), 4));
    return address.get("@cssid") + "." + address.get("@ssid") + "." + address.get("@devno");
  }
}
