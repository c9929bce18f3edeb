package org.virt.driver.qemu.internal.device;

import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** PCI controllers: roots, bridges, ports, switches, expanders. */
final class PciPart {
  private static final Map<String, String> NAMES =
      Map.of(
          "pci-bridge", "pci-bridge",
          "dmi-to-pci-bridge", "i82801b11-bridge",
          "pcie-to-pci-bridge", "pcie-pci-bridge",
          "pcie-root-port", "pcie-root-port",
          "pcie-switch-upstream-port", "x3130-upstream",
          "pcie-switch-downstream-port", "xio3130-downstream",
          "pci-expander-bus", "pxb",
          "pcie-expander-bus", "pxb-pcie");

  /** Bus numbers of expanders count down from here. */
  private static final int LAST_BUS = 255;

  private PciPart() {}

  static void complete(Guest guest, Node controller) throws VirtException {
    Board board = guest.board();
    boolean root = controller.is("@index", "0");
    if (!controller.has("@model")) {
      boolean bridge = board == Board.I440FX || board == Board.PSERIES;
      controller.set(
          "model",
          root && board.rootModel() != null ? board.rootModel() : bridge ? "pci-bridge" : null);
    }
    if (root && board.rootModel() != null && !controller.is("@model", board.rootModel())) {
      throw Refusal.xml(
          controller.path("@model"),
          "the controller with index 0 of this machine type is '" + board.rootModel() + "'");
    }
    Node hole = controller.child("pcihole64");
    Numbers.toKib(hole);
  }

  static PciKind kind(Guest guest, Node controller) {
    return PciKind.ofController(controller.get("@model"));
  }

  /** Fills in what depends on the place that a controller was given. */
  static void finish(Guest guest, Node controller) throws VirtException {
    String model = controller.get("@model", "");
    if (model.equals("pci-root") || model.equals("pcie-root")) {
      if (guest.board() == Board.PSERIES) {
        controller.ensure("model").fill("name", "spapr-pci-host-bridge");
        controller.ensure("target").fill("index", controller.get("@index"));
      }
      return;
    }
    String name = NAMES.get(model);
    if (name == null) {
      throw Refusal.value(controller.path("@model"), model);
    }
    if (!controller.has("model/@name")) {
      controller.ensure("model").set("name", name);
    }
    long index = controller.number("@index");
    var at = org.virt.driver.qemu.internal.guest.PciAddress.of(controller);
    int slot = at.isEmpty() ? 0 : at.get().slot();
    int function = at.isEmpty() ? 0 : at.get().function();
    switch (model) {
      case "pci-bridge" -> controller.ensure("target").fill("chassisNr", Long.toString(index));
      case "pcie-root-port" -> {
        Node target = controller.ensure("target").fill("chassis", Long.toString(index));
        target.fill("port", Numbers.hex(slot * 8L + function, 1));
      }
      case "pcie-switch-downstream-port" -> {
        Node target = controller.ensure("target").fill("chassis", Long.toString(index));
        target.fill("port", Numbers.hex(slot, 1));
      }
      case "pci-expander-bus", "pcie-expander-bus" ->
          controller.ensure("target").fill("busNr", Long.toString(freeBus(guest)));
      default -> {
        // A bridge to PCI has nothing of its own.
      }
    }
    Node target = controller.child("target");
    if (target != null && target.has("@port")) {
      target.set("port", Numbers.hex(target.number("@port"), 1));
    }
  }

  /** Returns a bus number below those of all expanders that leaves room for the buses behind. */
  private static long freeBus(Guest guest) throws VirtException {
    long lowest = LAST_BUS + 1L;
    for (Node other : guest.devices("controller")) {
      lowest = Math.min(lowest, other.number("target/@busNr", lowest));
    }
    return lowest - 2;
  }

  static void check(Guest guest, Node controller) throws VirtException {
    PciOptions.check(guest, controller, NAMES.get(controller.get("@model", "")));
    Node node = controller.child("target/node");
    String model = controller.get("@model", "");
    if (node != null) {
      long number = node.number("", 0) == 0 ? Numbers.parse(node.text()) : 0;
      long cells =
          guest.root().child("cpu/numa") == null
              ? 0
              : guest.root().child("cpu/numa").children("cell").size();
      if (number >= cells) {
        throw Refusal.xml(
            node.path(), "there is no NUMA node " + number + ", the machine has " + cells);
      }
    }
    Long index = controller.number("target/@index");
    if (index != null && index > 30) {
      throw Refusal.of(controller.path("target/@index"), "'" + index + "' is not within 0 to 30");
    }
    boolean first = controller.is("@index", "0");
    if (index != null && first != (index == 0)) {
      throw Refusal.of(controller.path("target/@index"), "0 is that of the controller 0 alone");
    }
    boolean root = model.equals("pci-root") || model.equals("pcie-root");
    boolean named = root && guest.board() != Board.PSERIES && controller.has("model/@name");
    if (named) {
      throw Refusal.of(controller.path("model/@name"), "a root has none");
    }
    boolean mayRoot = guest.board() == Board.PSERIES || first;
    if (root && !mayRoot) {
      throw Refusal.xml(controller.path("@index"), "a root has index 0");
    }
    if (model.equals("pci-expander-bus") && guest.board() != Board.I440FX) {
      throw Refusal.of(controller.path("@model"), "is for i440fx machines only");
    }
    if (model.equals("pcie-expander-bus") && guest.board() != Board.Q35) {
      throw Refusal.of(controller.path("@model"), "is for q35 machines only");
    }
  }

  static void write(Machine machine, Node controller, CommandLine out) throws VirtException {
    String model = controller.get("@model", "");
    if (controller.has("pcihole64")) {
      String host =
          switch (machine.guest().board()) {
            case I440FX -> "i440FX-pcihost";
            case Q35 -> "q35-pcihost";
            default -> throw Refusal.of(controller.path("pcihole64"), "not for this machine type");
          };
      out.add("-global", host + ".pci-hole64-size=" + controller.get("pcihole64") + "K");
    }
    if (model.equals("pci-root") || model.equals("pcie-root")) {
      return;
    }
    Props props = Props.device(controller.require("model/@name"));
    Node target = controller.child("target");
    if (target != null) {
      props.put("port", target.number("@port")).put("chassis", target.number("@chassis"));
      props.put("chassis_nr", target.number("@chassisNr")).put("bus_nr", target.number("@busNr"));
      Boolean hotplug = target.flag("@hotplug");
      String name = controller.get("model/@name");
      props.put(name.equals("pci-bridge") ? "shpc" : "hotplug", hotplug);
      String node = target.get("node");
      props.put("numa_node", node == null ? null : Integer.parseInt(node));
    }
    out.device(machine.place(props.put("id", Machine.alias(controller)), controller));
  }
}
