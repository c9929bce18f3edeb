package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Mice, keyboards, tablets, and what is passed through from the host. */
public final class InputPart implements Part {
  @Override
  public void complete(Guest guest, Node input) throws VirtException {
    if (!input.has("@bus")) {
      boolean ps2 = input.is("@type", "mouse", "keyboard") && guest.board().isPc();
      String bus =
          switch (input.get("@type", "")) {
            case "passthrough" -> "virtio";
            case "evdev" -> null;
            default -> ps2 ? "ps2" : "usb";
          };
      input.set("bus", bus);
    }
  }

  @Override
  public PciKind pci(Guest guest, Node input) {
    return input.is("@bus", "virtio")
        ? Virtio.pci(guest, input, input.get("@model"))
        : PciKind.NONE;
  }

  @Override
  public void check(Guest guest, Node input) throws VirtException {
    input.oneOf("@type", "mouse", "tablet", "keyboard", "passthrough", "evdev");
    input.oneOf("@bus", "ps2", "usb", "virtio");
    if (input.is("@type", "tablet") && input.is("@bus", "ps2")) {
      throw Refusal.of(input.path("@bus"), "'ps2' has no tablet");
    }
    if (input.is("@bus", "ps2") && !guest.board().isPc()) {
      throw Refusal.of(input.path("@bus"), "this machine has no 'ps2'");
    }
    boolean virtio = input.is("@bus", "virtio");
    if (!virtio && (input.has("@model") || input.is("@type", "passthrough"))) {
      throw Refusal.of(input.path("@bus"), "can only be 'virtio'");
    }
    if (input.is("@model", "virtio-transitional", "virtio-non-transitional")
        && !input.is("@type", "passthrough")) {
      throw Refusal.of(input.path("@model"), "is for type 'passthrough'");
    }
    if (input.is("@type", "passthrough")) {
      input.require("source/@evdev");
    }
  }

  @Override
  public void write(Machine machine, Node input, CommandLine out) throws VirtException {
    String type = input.get("@type");
    String id = Machine.alias(input);
    if (type.equals("evdev")) {
      Props evdev = Props.object("input-linux", id).put("evdev", input.require("source/@dev"));
      evdev.put("repeat", input.flag("source/@repeat"));
      evdev.put("grab_all", input.is("source/@grab", "all") ? true : null);
      out.add("-object", evdev.put("grab-toggle", input.get("source/@grabToggle")));
      return;
    }
    switch (input.get("@bus", "")) {
      case "ps2" -> {
        // Part of the board.
      }
      case "usb" -> {
        String driver = type.equals("keyboard") ? "usb-kbd" : "usb-" + type;
        out.device(machine.place(Props.device(driver).put("id", id), input));
      }
      case "virtio" -> {
        String kind = type.equals("passthrough") ? "virtio-input-host" : "virtio-" + type;
        Props props = Props.device(Virtio.driver(kind, input, input.get("@model")));
        props.put("id", id).put("evdev", input.get("source/@evdev"));
        out.device(machine.place(Virtio.options(props, input), input));
      }
      default -> throw Refusal.value(input.path("@bus"), input.get("@bus"));
    }
  }
}
