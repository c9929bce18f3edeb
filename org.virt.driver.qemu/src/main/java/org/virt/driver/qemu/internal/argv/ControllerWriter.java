package org.virt.driver.qemu.internal.argv;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.config.Family;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.driver.qemu.internal.config.UsbModel;
import org.virt.model.domain.Controller;

/** Writes controllers, buses first; those that are part of the board are only checked. */
final class ControllerWriter {
  private static final List<String> ORDER =
      List.of("pci", "usb", "scsi", "ide", "sata", "virtio-serial");

  private ControllerWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    List<Controller> all = machine.config().devices.controllers;
    for (Controller controller : all) {
      if (!ORDER.contains(String.valueOf(controller.type))) {
        throw Refusal.value(path(machine, controller) + "/@type", controller.type);
      }
    }
    for (String type : ORDER) {
      for (Controller controller : all) {
        if (type.equals(controller.type)) {
          write(machine, controller, out);
        }
      }
    }
  }

  private static String path(Machine machine, Controller controller) {
    return Nodes.path("controller", machine.config().devices.controllers, controller);
  }

  private static void write(Machine machine, Controller controller, CommandLine out)
      throws VirtException {
    String path = path(machine, controller);
    if (!controller.type.equals("usb") && Nodes.keptAttribute(controller, "ports").isPresent()) {
      throw Refusal.of(path + "/@ports", "not supported for this type");
    }
    switch (controller.type) {
      case "pci" -> writePci(machine, controller, out);
      case "usb" -> writeUsb(machine, controller, out);
      case "scsi" -> plain(machine, controller, scsi(path, controller), out);
      case "virtio-serial" -> plain(machine, controller, "virtio-serial-pci", out);
      default -> writeDisks(machine, controller, out);
    }
  }

  private static void plain(Machine machine, Controller controller, String driver, CommandLine out)
      throws VirtException {
    out.json(
        "-device",
        Machine.members(
            Machine.of("driver", driver, "id", controller.alias.name),
            machine.pci(path(machine, controller), controller)));
  }

  private static void writePci(Machine machine, Controller controller, CommandLine out)
      throws VirtException {
    String path = path(machine, controller);
    if (String.valueOf(controller.model).equals(machine.family().rootModel())) {
      return;
    }
    XmlElement target =
        Nodes.kept(controller, "target").orElseThrow(() -> Refusal.value(path + "/target", null));
    Object[] own;
    switch (String.valueOf(controller.model)) {
      case "pcie-root-port" ->
          own =
              Machine.of(
                  "driver",
                  "pcie-root-port",
                  "port",
                  Nodes.number(path + "/target/@port", target.attribute("port")),
                  "chassis",
                  Nodes.number(path + "/target/@chassis", target.attribute("chassis")));
      case "pcie-to-pci-bridge" -> own = Machine.of("driver", "pcie-pci-bridge");
      case "pci-bridge" ->
          own =
              Machine.of(
                  "driver",
                  "pci-bridge",
                  "chassis_nr",
                  Nodes.number(path + "/target/@chassisNr", target.attribute("chassisNr")));
      default -> throw Refusal.value(path + "/@model", controller.model);
    }
    out.json(
        "-device",
        Machine.members(
            own, Machine.of("id", controller.alias.name), machine.pci(path, controller)));
  }

  private static void writeUsb(Machine machine, Controller controller, CommandLine out)
      throws VirtException {
    String path = path(machine, controller);
    String driver =
        switch (UsbModel.of(controller)) {
          case "none" -> null;
          case "piix3-uhci" -> "piix3-usb-uhci";
          case "piix4-uhci" -> "piix4-usb-uhci";
          case "ehci" -> "usb-ehci";
          case "nec-xhci" -> "nec-usb-xhci";
          case "qemu-xhci" -> "qemu-xhci";
          default -> throw Refusal.value(path + "/@model", controller.model);
        };
    if (driver == null) {
      return;
    }
    Integer ports = null;
    String given = Nodes.keptAttribute(controller, "ports").orElse(null);
    if (given != null) {
      if (!driver.endsWith("xhci")) {
        throw Refusal.of(path + "/@ports", "not supported for this model");
      }
      ports = Nodes.number(path + "/@ports", given);
    }
    out.json(
        "-device",
        Machine.members(
            Machine.of("driver", driver, "p2", ports, "p3", ports, "id", controller.alias.name),
            machine.pci(path, controller)));
  }

  private static String scsi(String path, Controller controller) throws VirtException {
    return switch (String.valueOf(controller.model)) {
      case "lsilogic" -> "lsi";
      case "virtio-scsi" -> "virtio-scsi-pci";
      case "lsisas1078" -> "megasas";
      case "lsisas1068" -> "mptsas1068";
      case "vmpvscsi" -> "pvscsi";
      default -> throw Refusal.value(path + "/@model", controller.model);
    };
  }

  private static void writeDisks(Machine machine, Controller controller, CommandLine out)
      throws VirtException {
    boolean ide = controller.type.equals("ide");
    boolean onBoard = "0".equals(controller.index) && ide == (machine.family() == Family.I440FX);
    if (onBoard) {
      return;
    }
    if (ide) {
      String path = path(machine, controller);
      throw Refusal.of(path, "this machine type has no such IDE controller; use SATA");
    }
    plain(machine, controller, "ahci", out);
  }
}
