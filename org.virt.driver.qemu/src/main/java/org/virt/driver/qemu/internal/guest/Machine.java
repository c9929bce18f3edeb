package org.virt.driver.qemu.internal.guest;

import java.util.List;
import org.virt.api.VirtException;

/**
 * What QEMU's options are written of.
 *
 * @param guest a complete machine whose devices have aliases
 * @param facts what of the host is named
 */
public record Machine(Guest guest, Facts facts) {
  /** Returns the alias of a device. */
  public static String alias(Node device) throws VirtException {
    return device.require("alias/@name");
  }

  /** Adds where a device is: the members of its address. */
  public Props place(Props props, Node device) throws VirtException {
    Node address = device.child("address");
    if (address == null) {
      return props;
    }
    switch (address.get("@type", "")) {
      case "pci" -> pci(props, device);
      case "usb" ->
          props
              .put("bus", guest.bus("usb", address.get("@bus", "0")) + ".0")
              .put("port", address.get("@port"));
      case "isa" ->
          props.put("iobase", number(address, "@iobase")).put("irq", number(address, "@irq"));
      case "spapr-vio" -> props.put("reg", address.number("@reg"));
      case "ccw" ->
          props.put(
              "devno",
              "%x.%x.%04x"
                  .formatted(
                      address.number("@cssid", 0xfe),
                      address.number("@ssid", 0),
                      address.number("@devno", 0)));
      case "ccid" -> props.put("bus", guest.bus("ccid", address.get("@controller", "0")) + ".0");
      default -> {
        // Drives and virtio ports say it themselves, memory-mapped devices have no place.
      }
    }
    return props;
  }

  private static Long number(Node address, String path) throws VirtException {
    return address.number(path);
  }

  private void pci(Props props, Node device) throws VirtException {
    var at = PciAddress.of(device);
    if (at.isEmpty()) {
      return;
    }
    Node address = device.child("address");
    Boolean multifunction = address.flag("@multifunction");
    props.put("bus", pciBus(at.get().bus())).put("multifunction", multifunction);
    props.put("addr", at.get().qemu());
    props.put("acpi-index", device.number("acpi/@index"));
    Node rom = device.child("rom");
    if (rom != null) {
      Boolean bar = rom.flag("@bar");
      props.put("rombar", bar == null ? null : bar ? 1 : 0);
      props.put("romfile", rom.is("@enabled", "no") ? "" : rom.get("@file"));
    }
  }

  /** Returns QEMU's name of a PCI bus. */
  public String pciBus(int index) {
    String root = guest.board().rootBus();
    if (index == 0 && root != null) {
      return root;
    }
    Node controller = guest.controller("pci", index);
    return controller == null ? "pci." + index : controller.get("alias/@name", "pci." + index);
  }

  /** Returns the place of a device in the order of boot; null when it is not booted from. */
  public Long bootIndex(Node device) throws VirtException {
    if (device.has("boot")) {
      return device.number("boot/@order");
    }
    Node os = guest.root().child("os");
    if (os == null) {
      return null;
    }
    List<Node> boots = os.children("boot");
    for (int i = 0; i < boots.size(); i++) {
      if (firstOf(boots.get(i).get("@dev", "")) == device) {
        return i + 1L;
      }
    }
    return null;
  }

  private Node firstOf(String kind) {
    return switch (kind) {
      case "hd" -> firstDisk("disk", "lun");
      case "cdrom" -> firstDisk("cdrom", "cdrom");
      case "fd" -> firstDisk("floppy", "floppy");
      case "network" -> {
        List<Node> cards = guest.devices("interface");
        yield cards.isEmpty() ? null : cards.get(0);
      }
      default -> null;
    };
  }

  private Node firstDisk(String... kinds) {
    for (Node disk : guest.devices("disk")) {
      if (disk.is("@device", kinds)) {
        return disk;
      }
    }
    return null;
  }
}
