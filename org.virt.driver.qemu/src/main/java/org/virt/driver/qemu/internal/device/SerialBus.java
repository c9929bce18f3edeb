package org.virt.driver.qemu.internal.device;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Ports of virtio-serial controllers. */
final class SerialBus {
  private static final long PORTS = 31;

  private SerialBus() {}

  /** Says whether a channel or console is such a port. */
  static boolean isPort(Node device) {
    return device.is("target/@type", "virtio");
  }

  /** Adds the controllers that ports ask for. */
  static void needControllers(Guest guest) throws VirtException {
    for (String kind : new String[] {"channel", "console"}) {
      for (Node device : guest.devices(kind)) {
        if (isPort(device) && device.has("address/@controller")) {
          long index = device.number("address/@controller");
          Controllers.need(guest, "virtio-serial", index, null);
        } else if (isPort(device)) {
          Controllers.need(guest, "virtio-serial", 0, null);
        }
      }
    }
  }

  /** Gives each port a number; 0 is for a console, which old guests look for there. */
  static void place(Guest guest) throws VirtException {
    Map<Long, Set<Long>> taken = new HashMap<>();
    for (String kind : new String[] {"channel", "console"}) {
      for (Node device : guest.devices(kind)) {
        if (isPort(device) && device.has("address/@port")) {
          long controller = device.number("address/@controller", 0);
          long port = device.number("address/@port");
          Node there = guest.controller("virtio-serial", controller);
          if (there != null && port >= there.number("@ports", PORTS)) {
            throw Refusal.xml(device.path("address/@port"), "the controller has no port " + port);
          }
          boolean fresh = taken.computeIfAbsent(controller, c -> new HashSet<>()).add(port);
          if (!fresh && port != 0) {
            throw Refusal.xml(device.path("address/@port"), "'" + port + "' is taken");
          }
        }
      }
    }
    for (Node device : guest.devices("channel")) {
      if (isPort(device) && device.number("address/@port", 0) == 0) {
        place(guest, device, taken);
      }
    }
  }

  private static void place(Guest guest, Node device, Map<Long, Set<Long>> taken)
      throws VirtException {
    Long asked = device.number("address/@controller");
    TreeMap<Long, Node> controllers = new TreeMap<>();
    for (Node controller : guest.devices("controller")) {
      if (controller.is("@type", "virtio-serial")) {
        controllers.put(controller.number("@index", 0), controller);
      }
    }
    for (Map.Entry<Long, Node> each : controllers.entrySet()) {
      long index = each.getKey();
      Node controller = each.getValue();
      Set<Long> ports = taken.computeIfAbsent(index, c -> new HashSet<>());
      long free = 1;
      while (ports.contains(free)) {
        free++;
      }
      if ((asked == null || asked == index) && free < controller.number("@ports", PORTS)) {
        ports.add(free);
        Node address = device.ensure("address").set("type", "virtio-serial");
        address.set("controller", Long.toString(index)).fill("bus", "0");
        address.set("port", Long.toString(free));
        return;
      }
    }
    if (asked != null) {
      throw Refusal.of(device.path("address"), "no virtio-serial port is left");
    }
    long next = 0;
    while (guest.controller("virtio-serial", next) != null) {
      next++;
    }
    Controllers.need(guest, "virtio-serial", next, null);
    place(guest, device, taken);
  }

  static void put(Machine machine, Node device, Props props) throws VirtException {
    Node address = device.child("address");
    if (address != null && address.is("@type", "virtio-serial")) {
      String bus = machine.guest().bus("virtio-serial", address.get("@controller", "0"));
      props.put("bus", bus + "." + address.get("@bus", "0")).put("nr", address.number("@port"));
    }
  }
}
