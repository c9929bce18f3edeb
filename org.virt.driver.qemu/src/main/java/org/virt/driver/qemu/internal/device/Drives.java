package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;

/** Addresses of drives: controller, bus, target, unit. */
final class Drives {
  private Drives() {}

  static void place(Node device, long controller, long bus, long unit) {
    device.add(
        Node.of(
            "address",
            "type",
            "drive",
            "controller",
            Long.toString(controller),
            "bus",
            Long.toString(bus),
            "target",
            "0",
            "unit",
            Long.toString(unit)));
  }

  /** Gives the members that are left out the value that they mean. */
  static void complete(Node address) {
    if (address.is("@type", "drive")) {
      address.fill("controller", "0").fill("bus", "0").fill("target", "0").fill("unit", "0");
    }
  }

  /** Returns a place as text, by which two can be compared. */
  static String key(Node device) {
    Node at = device.child("address");
    return at.get("@controller", "0")
        + ":"
        + at.get("@bus", "0")
        + ":"
        + at.get("@target", "0")
        + ":"
        + at.get("@unit", "0");
  }

  /** Says whether a SCSI controller addresses disks by unit alone. */
  static boolean isLsi(Guest guest, String index) {
    return isModel(guest, index, "lsilogic");
  }

  private static boolean isModel(Guest guest, String index, String... models) {
    for (Node controller : guest.devices("controller")) {
      if (controller.is("@type", "scsi") && controller.is("@index", index)) {
        return controller.is("@model", models);
      }
    }
    return false;
  }

  /** Adds where on its controller a SCSI device is: old ones know units only. */
  static Props onScsi(Guest guest, Node at, Props props) throws VirtException {
    String controller = at.get("@controller", "0");
    String bus = guest.bus("scsi", controller);
    if (isLsi(guest, controller)) {
      return props.put("bus", bus + "." + at.get("@bus", "0")).put("scsi-id", at.number("@unit"));
    }
    props.put("bus", bus + ".0");
    if (isModel(guest, controller, "dc390", "am53c974")) {
      return props.put("scsi-id", at.number("@unit"));
    }
    props.put("channel", at.number("@bus", 0)).put("scsi-id", at.number("@target", 0));
    return props.put("lun", at.number("@unit"));
  }
}
