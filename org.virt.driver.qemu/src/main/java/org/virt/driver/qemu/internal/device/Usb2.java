package org.virt.driver.qemu.internal.device;

import java.util.Map;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.PciAddress;
import org.virt.driver.qemu.internal.guest.PciKind;

/** The parts of a USB 2 controller, which are functions of one slot. */
final class Usb2 {
  private static final Map<String, Integer> FUNCTIONS =
      Map.of("ich9-ehci1", 7, "ich9-uhci1", 0, "ich9-uhci2", 1, "ich9-uhci3", 2);

  private Usb2() {}

  /** Places a part of a USB 2 controller beside the others; says whether it is one. */
  static boolean assign(Guest guest, PciPlan plan, Node device) throws VirtException {
    Integer function = FUNCTIONS.get(device.get("@model", ""));
    boolean part = device.name().equals("controller") && device.is("@type", "usb");
    if (!part || function == null) {
      return false;
    }
    Optional<PciAddress> beside = Optional.empty();
    for (Node other : guest.devices("controller")) {
      boolean same =
          other != device
              && other.is("@type", "usb")
              && other.is("@index", device.get("@index"))
              && FUNCTIONS.containsKey(other.get("@model", ""));
      if (same && beside.isEmpty()) {
        beside = PciAddress.of(other);
      }
    }
    if (beside.isEmpty()) {
      beside = Optional.of(fresh(guest, plan, device));
    }
    PciAddress at = new PciAddress(beside.get().bus(), beside.get().slot(), function);
    at.put(device);
    plan.block(at);
    if (function == 0) {
      device.child("address").set("multifunction", "on");
    }
    return true;
  }

  private static boolean hasFirst(Guest guest, Node device) {
    return guest.devices("controller").stream()
        .anyMatch(c -> c.is("@model", "ich9-uhci1") && c.is("@index", device.get("@index")));
  }

  /** The first two of a Q35 are where its chipset has them. */
  private static PciAddress fresh(Guest guest, PciPlan plan, Node device) throws VirtException {
    if (guest.board() == Board.Q35 && hasFirst(guest, device)) {
      for (int slot : new int[] {0x1d, 0x1a}) {
        if (plan.root().isFree(slot)) {
          return new PciAddress(0, slot, 0);
        }
      }
    }
    PciAddress place = plan.assign(device, PciKind.PCI);
    plan.free(place);
    return place;
  }
}
