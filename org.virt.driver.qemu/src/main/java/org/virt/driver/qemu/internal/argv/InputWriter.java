package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Input;

/** Writes mice, keyboards and tablets; those of type PS/2 are part of the board. */
final class InputWriter {
  private InputWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    for (Input input : machine.config().devices.inputs) {
      String path = Nodes.path("input", machine.config().devices.inputs, input);
      String type = String.valueOf(input.type);
      if (!type.matches("mouse|keyboard|tablet")) {
        throw Refusal.value(path + "/@type", input.type);
      }
      switch (input.bus) {
        case "ps2" -> {
          if (type.equals("tablet")) {
            throw Refusal.of(path + "/@bus", "a tablet cannot be on 'ps2'");
          }
        }
        case "usb" ->
            out.json(
                "-device",
                "driver",
                "usb-" + (type.equals("keyboard") ? "kbd" : type),
                "id",
                input.alias.name,
                "bus",
                usbBus(input),
                "port",
                input.address.port);
        case "virtio" ->
            out.json(
                "-device",
                Machine.members(
                    Machine.of("driver", "virtio-" + type + "-pci", "id", input.alias.name),
                    machine.pci(path, input)));
        default -> throw Refusal.value(path + "/@bus", input.bus);
      }
    }
  }

  private static String usbBus(Input input) {
    String bus = input.address.bus;
    return bus == null || bus.equals("0") ? "usb.0" : "usb" + bus + ".0";
  }
}
