package org.virt.driver.qemu.internal.device;

import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** USB controllers. */
final class UsbController {
  private static final Map<String, String> DRIVERS =
      Map.ofEntries(
          Map.entry("piix3-uhci", "piix3-usb-uhci"),
          Map.entry("piix4-uhci", "piix4-usb-uhci"),
          Map.entry("ehci", "usb-ehci"),
          Map.entry("ich9-ehci1", "ich9-usb-ehci1"),
          Map.entry("ich9-uhci1", "ich9-usb-uhci1"),
          Map.entry("ich9-uhci2", "ich9-usb-uhci2"),
          Map.entry("ich9-uhci3", "ich9-usb-uhci3"),
          Map.entry("pci-ohci", "pci-ohci"),
          Map.entry("nec-xhci", "nec-usb-xhci"),
          Map.entry("qemu-xhci", "qemu-xhci"));

  /** What QEMU's emulation of USB 3 has. */
  private static final int MAX_XHCI_PORTS = 15;

  private UsbController() {}

  static void complete(Guest guest, Node controller) {
    if (!controller.has("@model") && Defaults.isDefinite(guest)) {
      controller.set("model", model(guest, controller));
    }
    String port =
        switch (controller.get("@model", "")) {
          case "ich9-uhci1" -> "0";
          case "ich9-uhci2" -> "2";
          case "ich9-uhci3" -> "4";
          default -> null;
        };
    if (port != null && !controller.has("master")) {
      controller.add(Node.of("master", "startport", port));
    }
  }

  /**
   * Returns the model; one that is not given is the board's oldest. A controller that Q35 gets by
   * itself is another one, which {@link Controllers} names.
   */
  static String model(Guest guest, Node controller) {
    return controller.get(
        "@model",
        switch (guest.board()) {
          case MICROVM, VIRT -> "qemu-xhci";
          case PSERIES -> "pci-ohci";
          default -> "piix3-uhci";
        });
  }

  static PciKind pci(Node controller) {
    String model = controller.get("@model", "");
    return model.equals("none")
        ? PciKind.NONE
        : model.endsWith("xhci") ? PciKind.EXPRESS : PciKind.PCI;
  }

  /** Returns how many ports a controller has. */
  static int ports(Guest guest, Node controller) throws VirtException {
    String model = model(guest, controller);
    return switch (model) {
      case "ich9-ehci1", "ehci" -> 6;
      case "pci-ohci" -> 3;
      case "nec-xhci", "qemu-xhci" -> (int) controller.number("@ports", 4);
      case "none" -> 0;
      default -> Controllers.isCompanion(controller) ? 0 : 2;
    };
  }

  static void check(Guest guest, Node controller) throws VirtException {
    String model = model(guest, controller);
    boolean xhci = model.endsWith("xhci");
    if (!model.equals("none") && !DRIVERS.containsKey(model)) {
      throw Refusal.value(controller.path("@model"), model);
    }
    Long ports = controller.number("@ports");
    if (ports != null && (!xhci || ports < 1 || ports > MAX_XHCI_PORTS)) {
      String most = xhci ? "has 1 to " + MAX_XHCI_PORTS + " ports" : "has no such attribute";
      throw Refusal.of(controller.path("@ports"), "'" + model + "' " + most);
    }
    boolean own = controller.is("@index", "0") && guest.board() == Board.I440FX;
    if (own && model.equals("piix3-uhci") && controller.is("address/@type", "pci")) {
      Node at = controller.child("address");
      boolean there =
          at.number("@bus", 0) == 0 && at.number("@slot", 0) == 1 && at.number("@function", 0) == 2;
      if (!there) {
        throw Refusal.of(at.path(), "the board has this controller at 00:01.2");
      }
    }
    boolean companion = Controllers.isCompanion(controller);
    if (companion && master(guest, controller) == null) {
      throw Refusal.of(controller.path(), "there is no controller 'ich9-ehci1' of its index");
    }
    if (controller.has("master") && !companion) {
      throw Refusal.of(controller.path("master"), "is for the companions of 'ich9-ehci1'");
    }
    for (Node other : guest.devices("controller")) {
      boolean same = other.is("@type", "usb") && other.is("@index", controller.get("@index"));
      if (!companion && same && other != controller && !Controllers.isCompanion(other)) {
        throw Refusal.xml(
            controller.path("@index"), "'" + controller.get("@index") + "' is there twice");
      }
    }
    boolean none = model.equals("none");
    for (Node other : guest.devices("controller")) {
      if (none && other != controller && other.is("@type", "usb")) {
        throw Refusal.xml(controller.path("@model"), "'none' stands beside another controller");
      }
    }
  }

  private static Node master(Guest guest, Node controller) {
    for (Node other : guest.devices("controller")) {
      boolean same = other.is("@type", "usb") && other.is("@index", controller.get("@index"));
      if (same && !Controllers.isCompanion(other)) {
        return other;
      }
    }
    return null;
  }

  static void write(Machine machine, Node controller, CommandLine out) throws VirtException {
    String model = model(machine.guest(), controller);
    if (model.equals("none")) {
      return;
    }
    Props props = Props.device(DRIVERS.get(model));
    Long ports = controller.number("@ports");
    props.put("p2", ports).put("p3", ports);
    if (Controllers.isCompanion(controller)) {
      Node master = master(machine.guest(), controller);
      props.put("masterbus", Machine.alias(master) + ".0");
      props.put("firstport", controller.number("master/@startport"));
    } else {
      props.put("id", Machine.alias(controller));
    }
    out.device(machine.place(props, controller));
  }
}
