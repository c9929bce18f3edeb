package org.virt.driver.qemu.internal.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.Controller;
import org.virt.model.domain.Device;
import org.virt.model.domain.DomainConfig;

/**
 * Which places of a machine's PCI buses are taken, and where the next device goes. On Q35 each
 * device gets a root port of its own, which is added when there is none left, as libvirt does. For
 * one thread.
 */
final class PciPlan {
  private static final int SLOTS = 32;
  private static final int FUNCTIONS = 8;
  private static final int MAX_BUSES = 256;

  private final Family family;
  private final DomainConfig config;
  private final Map<Integer, Bus> buses = new TreeMap<>();
  private boolean added;

  /** What a bus is like. */
  private enum Kind {
    /** The root; PCI devices go here on I440FX. */
    ROOT,
    /** One slot for one PCI Express device. */
    ROOT_PORT,
    /** Slots 1 to 31 for PCI devices. */
    BRIDGE
  }

  private static final class Bus {
    final Kind kind;
    final boolean[][] taken = new boolean[SLOTS][FUNCTIONS];

    Bus(Kind kind) {
      this.kind = kind;
      if (kind != Kind.ROOT_PORT) {
        takeSlot(0);
      }
    }

    void takeSlot(int slot) {
      Arrays.fill(taken[slot], true);
    }

    boolean isFree(int slot) {
      for (boolean function : taken[slot]) {
        if (function) {
          return false;
        }
      }
      return true;
    }
  }

  PciPlan(Family family, DomainConfig config) throws VirtException {
    this.family = family;
    this.config = config;
    for (Controller controller : config.devices.controllers) {
      if ("pci".equals(controller.type)) {
        int index = Nodes.number(path(controller) + "/@index", controller.index);
        buses.put(index, new Bus(kind(controller)));
      }
    }
    if (family == Family.Q35) {
      root().takeSlot(0x1f);
    } else {
      root().takeSlot(1);
    }
  }

  private Kind kind(Controller controller) throws VirtException {
    return switch (String.valueOf(controller.model)) {
      case "pci-root", "pcie-root" -> Kind.ROOT;
      case "pcie-root-port" -> Kind.ROOT_PORT;
      case "pci-bridge", "pcie-to-pci-bridge" -> Kind.BRIDGE;
      default -> throw Refusal.value(path(controller) + "/@model", controller.model);
    };
  }

  private Bus root() {
    return buses.get(0);
  }

  private String path(Controller controller) {
    return Nodes.path("controller", config.devices.controllers, controller);
  }

  /** Notes the place that a device was given; two devices at one place are refused. */
  void reserve(String path, PciAddress address) throws VirtException {
    Bus bus = buses.get(address.bus());
    if (bus == null) {
      throw Refusal.of(path + "/address", "there is no PCI bus " + address.bus());
    }
    boolean onBoard =
        address.bus() == 0
            && address.slot() == (family == Family.Q35 ? 0x1f : 1)
            && address.function() > 0;
    if (bus.kind == Kind.ROOT_PORT && address.slot() != 0) {
      throw Refusal.of(path + "/address", "a root port has slot 0 only, not " + address);
    }
    if (bus.taken[address.slot()][address.function()] && !onBoard) {
      throw Refusal.of(path + "/address", "PCI address " + address + " is taken");
    }
    bus.taken[address.slot()][address.function()] = true;
  }

  /** Gives a device a place; {@code express} says that it is a PCI Express device. */
  void assign(Device device, boolean express) throws VirtException {
    if (family == Family.I440FX) {
      put(device, firstFree(Kind.ROOT, Kind.BRIDGE));
    } else if (express) {
      put(device, rootPortSlot());
    } else {
      put(device, bridgeSlot());
    }
  }

  /** Gives a device the place on the root bus that it has by custom, or another one. */
  void assignAt(Device device, int slot) throws VirtException {
    if (root().isFree(slot)) {
      put(device, new PciAddress(0, slot, 0));
    } else {
      assign(device, true);
    }
  }

  private void put(Device device, PciAddress address) {
    buses.get(address.bus()).taken[address.slot()][address.function()] = true;
    address.put(device);
  }

  private PciAddress firstFree(Kind... kinds) throws VirtException {
    for (Map.Entry<Integer, Bus> entry : buses.entrySet()) {
      Bus bus = entry.getValue();
      if (!List.of(kinds).contains(bus.kind)) {
        continue;
      }
      for (int slot = 0; slot < (bus.kind == Kind.ROOT_PORT ? 1 : SLOTS); slot++) {
        if (bus.isFree(slot)) {
          return new PciAddress(entry.getKey(), slot, 0);
        }
      }
    }
    throw Refusal.of("/domain/devices", "no PCI slot is left");
  }

  private boolean hasFreeRootPort() {
    return buses.values().stream().anyMatch(b -> b.kind == Kind.ROOT_PORT && b.isFree(0));
  }

  private PciAddress rootPortSlot() throws VirtException {
    if (!hasFreeRootPort()) {
      addBus("pcie-root-port", Kind.ROOT_PORT);
    }
    return firstFree(Kind.ROOT_PORT);
  }

  private PciAddress bridgeSlot() throws VirtException {
    if (buses.values().stream().noneMatch(bus -> bus.kind == Kind.BRIDGE)) {
      PciAddress port = rootPortSlot();
      put(addBus("pcie-to-pci-bridge", Kind.BRIDGE), port);
    }
    return firstFree(Kind.BRIDGE);
  }

  private Controller addBus(String model, Kind kind) throws VirtException {
    int index = 1;
    while (buses.containsKey(index)) {
      index++;
    }
    if (index >= MAX_BUSES) {
      throw Refusal.of("/domain/devices", "no PCI bus is left");
    }
    Controller controller = new Controller();
    controller.type = "pci";
    controller.index = Integer.toString(index);
    controller.model = model;
    config.devices.controllers.add(controller);
    buses.put(index, new Bus(kind));
    added = true;
    return controller;
  }

  /** Adds the port that libvirt leaves free for one more device, and places all new ports. */
  void finish() throws VirtException {
    if (added) {
      addBus("pcie-root-port", Kind.ROOT_PORT);
    }
    Map<Integer, Controller> sorted = new TreeMap<>();
    for (Controller controller : config.devices.controllers) {
      if ("pci".equals(controller.type) && buses.get(index(controller)).kind != Kind.ROOT) {
        sorted.put(index(controller), controller);
      }
    }
    for (Controller controller : sorted.values()) {
      finish(controller);
    }
    markMultifunction();
  }

  private int index(Controller controller) throws VirtException {
    return Nodes.number(path(controller) + "/@index", controller.index);
  }

  private void finish(Controller controller) throws VirtException {
    boolean port = "pcie-root-port".equals(controller.model);
    if (PciAddress.of(path(controller), controller).isEmpty()) {
      if (port) {
        put(controller, portPlace());
      } else {
        assign(controller, true);
      }
    }
    if (Nodes.kept(controller, "model").isEmpty()) {
      String name =
          controller.model.equals("pcie-to-pci-bridge") ? "pcie-pci-bridge" : controller.model;
      controller.otherElements.add(Nodes.element("model", "name", name));
    }
    if (Nodes.kept(controller, "target").isEmpty()) {
      controller.otherElements.add(target(controller, port));
    }
  }

  private XmlElement target(Controller controller, boolean port) throws VirtException {
    int index = index(controller);
    if (!port) {
      return Nodes.element("target", "chassisNr", Integer.toString(index));
    }
    PciAddress at = PciAddress.of(path(controller), controller).orElseThrow();
    String number = "0x%x".formatted(at.slot() * FUNCTIONS + at.function());
    return Nodes.element("target", "chassis", Integer.toString(index), "port", number);
  }

  /** Returns the first free function of a slot that is empty or holds root ports only. */
  private PciAddress portPlace() throws VirtException {
    boolean[][] ports = new boolean[SLOTS][FUNCTIONS];
    for (Controller controller : config.devices.controllers) {
      var place = portAt(controller);
      place.ifPresent(at -> ports[at.slot()][at.function()] = true);
    }
    for (int slot = 1; slot < SLOTS; slot++) {
      int function = 0;
      while (function < FUNCTIONS && root().taken[slot][function] && ports[slot][function]) {
        function++;
      }
      boolean others = false;
      for (int i = function; i < FUNCTIONS; i++) {
        others |= root().taken[slot][i] && !ports[slot][i];
      }
      if (function < FUNCTIONS && !others && !root().taken[slot][function]) {
        return new PciAddress(0, slot, function);
      }
    }
    throw Refusal.of("/domain/devices", "no slot is left for a root port");
  }

  private Optional<PciAddress> portAt(Controller controller) throws VirtException {
    return "pcie-root-port".equals(controller.model)
        ? PciAddress.of(path(controller), controller).filter(at -> at.bus() == 0)
        : Optional.empty();
  }

  /** Says on function 0 of each slot with more root ports that there are more. */
  private void markMultifunction() throws VirtException {
    for (Controller controller : config.devices.controllers) {
      var place = portAt(controller);
      if (place.isPresent() && place.get().function() == 0) {
        boolean[] functions = root().taken[place.get().slot()];
        for (int i = 1; i < FUNCTIONS; i++) {
          if (functions[i] && controller.address.multifunction == null) {
            controller.address.multifunction = "on";
          }
        }
      }
    }
  }
}
