package org.virt.model.domain;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;

/**
 * Checks the devices of a machine that was just read, and brings their values to the form that
 * libvirt prints.
 */
final class DeviceCheck {
  private DeviceCheck() {}

  /** Does all of it. */
  static void run(Devices devices) throws VirtException {
    for (Interface card : devices.interfaces) {
      check(card);
    }
    Set<String> targets = new HashSet<>();
    for (Disk disk : devices.disks) {
      if (disk.target == null || DomainCheck.isBlank(disk.target.dev)) {
        throw wrong("disk/target/@dev", "is missing");
      }
      if (!targets.add(disk.target.dev)) {
        throw wrong("disk/target/@dev", "'" + disk.target.dev + "' is given more than once");
      }
    }
    addresses("disk", devices.disks);
    addresses("controller", devices.controllers);
    addresses("interface", devices.interfaces);
    addresses("serial", devices.serials);
    addresses("console", devices.consoles);
    addresses("channel", devices.channels);
    addresses("input", devices.inputs);
    addresses("video", devices.videos);
    addresses("rng", devices.rngs);
    if (devices.memballoon != null) {
      addresses("memballoon", List.of(devices.memballoon));
    }
  }

  private static void check(Interface card) throws VirtException {
    if (DomainCheck.isBlank(card.type)) {
      throw wrong("interface/@type", "is missing");
    }
    if (card.mac != null && card.mac.address != null) {
      card.mac.address = mac(card.mac.address);
    }
    if (card.link != null && !"up".equals(card.link.state) && !"down".equals(card.link.state)) {
      throw wrong("interface/link/@state", "'" + card.link.state + "' is neither up nor down");
    }
    if (card.filterref == null) {
      return;
    }
    if (DomainCheck.isBlank(card.filterref.filter)) {
      throw wrong("interface/filterref/@filter", "is missing");
    }
    for (Interface.Parameter parameter : card.filterref.parameters) {
      if (DomainCheck.isBlank(parameter.name) || parameter.value == null) {
        throw wrong("interface/filterref/parameter", "lacks its name or value");
      }
    }
  }

  private static String mac(String text) throws VirtException {
    String element = "interface/mac/@address";
    try {
      MacAddress mac = MacAddress.parse(text);
      if (mac.isMulticast()) {
        throw wrong(element, "'" + text + "' is a group address");
      }
      return mac.toString();
    } catch (IllegalArgumentException e) {
      throw wrong(element, e.getMessage());
    }
  }

  private static void addresses(String kind, List<? extends Device> devices) throws VirtException {
    for (Device device : devices) {
      Device.Address address = device.address;
      if (address != null && "pci".equals(address.type)) {
        String path = kind + "/address/@";
        address.domain = pci(path + "domain", address.domain, 4, 0xffff);
        address.bus = pci(path + "bus", address.bus, 2, 0xff);
        address.slot = pci(path + "slot", address.slot, 2, 0x1f);
        address.function = pci(path + "function", address.function, 1, 7);
      }
    }
  }

  /** An address without any number is the driver's to fill in. */
  private static String pci(String path, String text, int digits, int max) throws VirtException {
    if (text == null) {
      return null;
    }
    try {
      int value = Integer.decode(text);
      if (value >= 0 && value <= max) {
        return "0x" + HexFormat.of().toHexDigits(value, digits);
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of range is.
    }
    throw wrong(path, "'" + text + "' is not a number from 0 to " + max);
  }

  private static VirtException wrong(String path, String reason) {
    return DomainCheck.wrong("devices/" + path, reason);
  }
}
