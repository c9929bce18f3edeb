package org.virt.driver.qemu.internal.device;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.PciAddress;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Places that a board has for some devices. */
final class PciChipset {
  private static final int ICH9 = 0x1f;

  private PciChipset() {}

  /** Takes the places of what is part of the board. */
  static void block(Guest guest, PciBus root) {
    switch (guest.board()) {
      case I440FX -> blockSlot(root, 1);
      case Q35 -> {
        root.block(ICH9, 0);
        root.block(ICH9, 2);
        root.block(ICH9, 3);
      }
      default -> {
        // Other boards keep slot 0 only, which no bus gives out.
      }
    }
  }

  private static void blockSlot(PciBus root, int slot) {
    for (int function = 0; function < PciBus.FUNCTIONS; function++) {
      root.block(slot, function);
    }
  }

  /** Says whether a place was kept for this very device. */
  static boolean isOwn(Guest guest, Node device, PciAddress at) throws VirtException {
    if (at.bus() != 0) {
      return false;
    }
    boolean first = device.name().equals("controller") && device.is("@index", "0");
    boolean i440fx = guest.board() == Board.I440FX && at.slot() == 1;
    boolean ich9 = guest.board() == Board.Q35 && at.slot() == ICH9;
    if (first && i440fx && device.is("@type", "usb")) {
      return at.function() == 2;
    }
    if (first && ich9 && device.is("@type", "sata")) {
      return at.function() == 2;
    }
    return i440fx && at.function() > 0 && !device.name().equals("controller");
  }

  /** Returns the place that a device has by custom, empty when it has none. */
  static Optional<PciAddress> custom(Guest guest, Node device) {
    boolean q35 = guest.board() == Board.Q35;
    boolean i440fx = guest.board() == Board.I440FX;
    boolean zero = device.is("@index", "0");
    boolean firstVideo = device.name().equals("video") && guest.devices("video").get(0) == device;
    if (firstVideo && (q35 || i440fx)) {
      return at(q35 ? 1 : 2, 0);
    }
    if (q35 && device.name().equals("sound") && device.is("@model", "ich9")) {
      return at(0x1b, 0);
    }
    if (!device.name().equals("controller")) {
      return Optional.empty();
    }
    return switch (device.get("@type")) {
      case "sata" -> q35 && zero ? at(ICH9, 2) : Optional.empty();
      case "usb" -> {
        boolean piix3 = UsbController.model(guest, device).equals("piix3-uhci");
        yield i440fx && zero && piix3 ? at(1, 2) : Optional.empty();
      }
      case "pci" ->
          q35 && device.is("@model", "dmi-to-pci-bridge") ? at(0x1e, 0) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<PciAddress> at(int slot, int function) {
    return Optional.of(new PciAddress(0, slot, function));
  }

  /** Says whether a place by custom can be had. */
  static boolean isFree(PciBus root, PciAddress at, Node device) {
    return device.is("@type", "sata", "usb") && device.name().equals("controller")
        || root.isFree(at.slot());
  }

  /** IDE of an I440FX is at one place only, though no bus gives it out; so is SATA of a Q35. */
  static void placeIde(Guest guest) throws VirtException {
    for (Node controller : guest.devices("controller")) {
      if (!controller.is("@index", "0")) {
        continue;
      }
      if (controller.is("@type", "ide") && guest.board() == Board.I440FX) {
        PciAddress own = new PciAddress(0, 1, 1);
        only(controller, own);
        own.putInto(controller.ensure("address"));
      }
      if (controller.is("@type", "sata") && guest.board() == Board.Q35) {
        only(controller, new PciAddress(0, ICH9, 2));
      }
    }
  }

  private static void only(Node controller, PciAddress own) throws VirtException {
    Optional<PciAddress> given = PciAddress.of(controller);
    if (given.isPresent() && !given.get().equals(own)) {
      throw Refusal.xml(controller.path("address"), "this controller can only be at " + own);
    }
  }
}
