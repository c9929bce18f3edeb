package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** The ports of USB controllers and hubs, and where the next device goes. For one thread. */
final class UsbPlan {
  private static final int HUB_PORTS = 8;
  private static final int MAX_DEPTH = 4;

  /** Kinds of devices that may be on USB, as libvirt goes through them. */
  private static final List<String> ORDER =
      List.of("disk", "sound", "hostdev", "controller", "serial", "input", "redirdev");

  private final Guest guest;
  private final Map<Integer, Port[]> buses = new java.util.TreeMap<>();

  /** A port: taken by a device, or by a hub with ports of its own. */
  private static final class Port {
    boolean taken;
    Port[] hub;
  }

  private UsbPlan(Guest guest) throws VirtException {
    this.guest = guest;
    for (Node controller : guest.devices("controller")) {
      if (controller.is("@type", "usb")) {
        int ports = UsbController.ports(guest, controller);
        if (ports > 0) {
          buses.putIfAbsent(controller.number("@index").intValue(), ports(ports));
        }
      }
    }
  }

  private static Port[] ports(int count) {
    Port[] ports = new Port[count];
    for (int i = 0; i < count; i++) {
      ports[i] = new Port();
    }
    return ports;
  }

  static void run(Guest guest) throws VirtException {
    new UsbPlan(guest).run();
  }

  /** Refuses a machine whose devices have no place, and gives them none. */
  static void check(Guest guest) throws VirtException {
    UsbPlan plan = new UsbPlan(guest);
    if (!plan.devices().isEmpty() || !guest.devices("hub").isEmpty()) {
      run(new Guest(guest.root().copy()));
    }
  }

  private List<Node> devices() {
    List<Node> devices = new ArrayList<>();
    for (String kind : ORDER) {
      for (Node device : guest.devices(kind)) {
        if (isUsb(device)) {
          devices.add(device);
        }
      }
    }
    return devices;
  }

  private void run() throws VirtException {
    List<Node> hubs = guest.devices("hub");
    List<Node> devices = devices();
    if (buses.isEmpty() && !(hubs.isEmpty() && devices.isEmpty())) {
      Node first = hubs.isEmpty() ? devices.get(0) : hubs.get(0);
      throw Refusal.of(first.path(), "the machine has no USB");
    }
    for (Node hub : sortedByDepth(hubs)) {
      take(hub, true);
    }
    for (Node device : devices) {
      if (device.has("address/@port")) {
        take(device, false);
      }
    }
    addHubs(hubs, devices);
    for (Node hub : guest.devices("hub")) {
      place(hub, true);
    }
    for (Node device : devices) {
      place(device, false);
    }
  }

  /** Hubs behind hubs come after those. */
  private static List<Node> sortedByDepth(List<Node> hubs) {
    return hubs.stream()
        .filter(hub -> hub.has("address/@port"))
        .sorted(java.util.Comparator.comparingInt(hub -> hub.get("address/@port").length()))
        .toList();
  }

  static boolean isUsb(Node device) {
    return switch (device.name()) {
      case "disk" -> device.is("target/@bus", "usb");
      case "sound" -> device.is("@model", "usb");
      case "hostdev" -> device.is("@type", "usb");
      case "controller" -> device.is("@type", "ccid");
      case "serial" -> device.is("target/@type", "usb-serial");
      case "input", "redirdev" -> device.is("@bus", "usb");
      default -> false;
    };
  }

  private void take(Node device, boolean hub) throws VirtException {
    Node address = device.child("address");
    long bus = address.number("@bus", 0);
    Port[] ports = buses.get((int) bus);
    if (ports == null) {
      throw Refusal.xml(address.path("@bus"), "there is no USB controller " + bus);
    }
    String text = address.get("@port");
    String[] steps = text.split("\\.", -1);
    if (steps.length > MAX_DEPTH || !text.matches("[0-9]{1,3}(\\.[0-9]{1,3})*")) {
      throw Refusal.xml(address.path("@port"), "'" + text + "' is no USB port");
    }
    Port at = null;
    for (int i = 0; i < steps.length; i++) {
      int number = Integer.parseInt(steps[i]);
      if (ports == null) {
        throw Refusal.xml(address.path("@port"), "there is no hub for '" + text + "'");
      }
      if (number < 1 || number > ports.length) {
        throw Refusal.xml(address.path("@port"), "there is no port '" + text + "'");
      }
      at = ports[number - 1];
      ports = at.hub;
    }
    if (at.taken) {
      throw Refusal.xml(address.path("@port"), "'" + text + "' is taken");
    }
    at.taken = true;
    at.hub = hub ? ports(HUB_PORTS) : null;
    address.fill("bus", "0");
  }

  /** Adds the hubs that are needed for all devices to have a port. */
  private void addHubs(List<Node> hubs, List<Node> devices) {
    long free = buses.values().stream().mapToLong(UsbPlan::free).sum();
    long needed =
        devices.stream().filter(d -> !d.has("address/@port")).count()
            + hubs.stream().filter(h -> !h.has("address/@port")).count();
    free += hubs.stream().filter(h -> !h.has("address/@port")).count() * HUB_PORTS;
    while (needed > free && free > 0) {
      guest.devices().add(Node.of("hub", "type", "usb"));
      // The hub takes one port and brings its own.
      free += HUB_PORTS - 1;
    }
  }

  private static long free(Port[] ports) {
    long free = 0;
    for (Port port : ports) {
      free += !port.taken ? 1 : port.hub == null ? 0 : free(port.hub);
    }
    return free;
  }

  private void place(Node device, boolean hub) throws VirtException {
    if (device.has("address/@port")) {
      return;
    }
    Long asked = device.number("address/@bus");
    for (Map.Entry<Integer, Port[]> bus : buses.entrySet()) {
      if (asked != null && asked != bus.getKey().longValue()) {
        continue;
      }
      String port = find(bus.getValue(), "", hub);
      if (port != null) {
        Node address = device.ensure("address").set("type", "usb");
        address.set("bus", bus.getKey().toString()).set("port", port);
        return;
      }
    }
    if (asked != null && !buses.containsKey(asked.intValue())) {
      throw Refusal.xml(device.path("address/@bus"), "there is no USB controller " + asked);
    }
    throw Refusal.of(device.path(), "no USB port is left");
  }

  private static String find(Port[] ports, String prefix, boolean hub) {
    for (int i = 0; i < ports.length; i++) {
      if (!ports[i].taken) {
        ports[i].taken = true;
        ports[i].hub = hub ? ports(HUB_PORTS) : null;
        return prefix + (i + 1);
      }
    }
    for (int i = 0; i < ports.length; i++) {
      boolean deeper = ports[i].hub != null && prefix.split("\\.").length < MAX_DEPTH;
      String found = deeper ? find(ports[i].hub, prefix + (i + 1) + ".", hub) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
