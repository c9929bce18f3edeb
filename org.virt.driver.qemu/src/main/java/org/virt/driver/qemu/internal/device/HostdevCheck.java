package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of the host's devices. */
final class HostdevCheck {
  /** The highest numbers of a PCI address. */
  private static final Map<String, Long> PCI =
      Map.of("@domain", 0xffffL, "@bus", 0xffL, "@slot", 0x1fL, "@function", 7L);

  private HostdevCheck() {}

  static void run(Guest guest, Node device) throws VirtException {
    device.oneOf("@mode", "subsystem", "capabilities");
    String type = device.get("@type", "");
    if (device.is("@mode", "capabilities") || !HostdevPart.isKnown(type)) {
      throw Refusal.value(device.path("@type"), device.get("@type"));
    }
    if (!device.has("source")) {
      throw Refusal.xml(device.path("source"), "missing");
    }
    unique(guest, device, type);
    if (device.has("address/zpci") && guest.board() != Board.S390) {
      throw Refusal.of(device.path("address/zpci"), "is for s390 machines");
    }
    switch (type) {
      case "pci" -> {
        Node address = device.child("source/address");
        if (address == null) {
          throw Refusal.xml(device.path("source/address"), "missing");
        }
        for (Map.Entry<String, Long> part : PCI.entrySet()) {
          if (address.number(part.getKey(), 0) > part.getValue()) {
            throw Refusal.xml(address.path(part.getKey()), "is more than " + part.getValue());
          }
        }
      }
      case "mdev" -> mdev(guest, device);
      case "scsi_host" -> {
        device.require("source/@protocol");
        device.oneOf("source/@protocol", "vhost");
        device.require("source/@wwpn");
        if (!device.get("source/@wwpn").matches("naa\\.[0-9a-fA-F]{16}")) {
          throw Refusal.xml(device.path("source/@wwpn"), "is not 'naa.' and 16 digits");
        }
        if (device.has("boot")) {
          throw Refusal.of(device.path("boot"), "cannot be booted from");
        }
      }
      case "scsi" -> scsi(guest, device);
      default -> {
        // USB devices are looked for when the machine starts.
      }
    }
    if (type.matches("pci|usb|scsi") && device.has("@model")) {
      throw Refusal.xml(device.path("@model"), "is not for type '" + type + "'");
    }
    if (!type.equals("scsi") && (device.has("@sgio") || device.has("@rawio"))) {
      throw Refusal.xml(device.path(), "sgio and rawio are for type 'scsi'");
    }
    if (type.equals("usb")) {
      usb(device.child("source"));
    }
    assigned(device, type);
    if (!type.equals("mdev") && (device.has("@display") || device.has("@ramfb"))) {
      throw Refusal.xml(device.path(), "display and ramfb are for type 'mdev'");
    }
  }

  private static void assigned(Node device, String type) throws VirtException {
    boolean pci = type.equals("pci");
    if (device.has("teaming") && !(pci && device.is("teaming/@type", "transient"))) {
      throw Refusal.of(device.path("teaming"), "can only be 'transient', of a PCI device");
    }
    if (device.has("source/@startupPolicy") && !type.equals("usb")) {
      throw Refusal.of(device.path("source/@startupPolicy"), "is for type 'usb'");
    }
    if (device.is("@sgio", "unfiltered")) {
      throw Refusal.value(device.path("@sgio"), "unfiltered");
    }
    if (pci && device.has("source/@writeFiltering")) {
      throw Refusal.of(device.path("source/@writeFiltering"), "QEMU has none");
    }
    if (type.equals("scsi_host") && device.is("address/@type", "unassigned")) {
      throw Refusal.value(device.path("address/@type"), "unassigned");
    }
    if (type.equals("mdev") && device.has("boot")) {
      throw Refusal.of(device.path("boot"), "cannot be booted from");
    }
  }

  private static void usb(Node source) throws VirtException {
    boolean named = source.has("vendor") && source.has("product");
    if (source.has("vendor") != source.has("product") || !named && !source.has("address")) {
      throw Refusal.of(source.path(), "needs vendor and product, or an address");
    }
    if (source.has("address")) {
      source.require("address/@bus");
      source.require("address/@device");
    }
  }

  private static void unique(Guest guest, Node device, String type) throws VirtException {
    for (Node other : guest.devices("hostdev")) {
      if (other == device) {
        return;
      }
      if (source(device).equals(source(other)) && type.equals(other.get("@type"))) {
        throw Refusal.xml(device.path("source"), "this device is there already");
      }
    }
  }

  private static String source(Node device) {
    StringBuilder text = new StringBuilder();
    describe(device.child("source"), text);
    return text.toString();
  }

  private static void describe(Node node, StringBuilder text) {
    if (node == null) {
      return;
    }
    text.append('<').append(node.name());
    TreeMap<String, String> sorted = new TreeMap<>();
    node.attributes().forEach(name -> sorted.put(name, node.get("@" + name)));
    sorted.remove("guestReset");
    text.append(sorted).append(node.children().isEmpty() ? node.text() : "");
    node.children().forEach(child -> describe(child, text));
  }

  private static void mdev(Guest guest, Node device) throws VirtException {
    device.require("@model");
    device.oneOf("@model", "vfio-pci", "vfio-ccw", "vfio-ap");
    if (!device.require("source/address/@uuid").replace("-", "").matches("[0-9a-fA-F]{32}")) {
      throw Refusal.xml(device.path("source/address/@uuid"), "is not a UUID");
    }
    boolean screen = !guest.devices("graphics").isEmpty();
    if (device.on("@display") && !screen) {
      throw Refusal.of(device.path("@display"), "needs graphics");
    }
    boolean spice = guest.devices("graphics").stream().anyMatch(g -> g.is("@type", "spice"));
    boolean drawn =
        guest.devices("graphics").stream()
            .anyMatch(
                g -> g.is("@type", "egl-headless", "vnc", "sdl", "dbus") || g.on("gl/@enable"));
    if (device.on("@display") && spice && !drawn) {
      throw Refusal.of(device.path("@display"), "needs OpenGL with SPICE, or 'egl-headless'");
    }
    if (device.on("@ramfb") && !device.on("@display")) {
      throw Refusal.of(device.path("@ramfb"), "needs display='on'");
    }
    boolean pci = device.is("@model", "vfio-pci");
    boolean display = device.has("@display") && !device.is("@display", "off");
    if (!pci && (display || device.has("@ramfb"))) {
      throw Refusal.of(device.path("@model"), "display and ramfb need model 'vfio-pci'");
    }
    if (!pci && guest.board() != Board.S390) {
      throw Refusal.of(device.path("@model"), "is for s390 machines");
    }
  }

  private static void scsi(Guest guest, Node device) throws VirtException {
    boolean network = device.has("source/@protocol");
    if (network && !device.is("source/@protocol", "iscsi")) {
      throw Refusal.xml(device.path("source/@protocol"), "can only be 'iscsi'");
    }
    if (network) {
      Node source = device.child("source");
      if (source.children("host").size() != 1) {
        throw Refusal.xml(source.path("host"), "there must be one");
      }
      NetworkSourceCheck.hosts(source);
      if (source.has("auth")) {
        NetworkSourceCheck.secret(source.child("auth"), "iscsi");
      }
    } else {
      if (!device.require("source/adapter/@name").matches("scsi_host[0-9]+")) {
        throw Refusal.value(
            device.path("source/adapter/@name"), device.get("source/adapter/@name"));
      }
      if (!device.has("source/address")) {
        throw Refusal.xml(device.path("source/address"), "missing");
      }
      for (String part : List.of("bus", "target", "unit")) {
        String number = device.require("source/address/@" + part);
        if (!number.matches("[0-9]+")) {
          throw Refusal.xml(device.path("source/address/@" + part), "is not a number");
        }
      }
    }
    if (!device.is("address/@type", "drive")) {
      throw Refusal.xml(device.path("address/@type"), "can only be 'drive'");
    }
    String key = Drives.key(device);
    for (Node disk : guest.devices("disk")) {
      if (disk.is("target/@bus", "scsi") && Drives.key(disk).equals(key)) {
        throw Refusal.of(
            device.path("address"), "is that of the disk '" + disk.get("target/@dev") + "'");
      }
    }
    for (Node other : guest.devices("hostdev")) {
      if (other != device && other.is("@type", "scsi") && Drives.key(other).equals(key)) {
        throw Refusal.of(device.path("address"), "another SCSI device has it");
      }
    }
  }
}
