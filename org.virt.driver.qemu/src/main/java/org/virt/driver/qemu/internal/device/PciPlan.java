package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.PciAddress;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * The PCI buses of a machine, and where the next device goes. When there is no room left, a bus is
 * added as libvirt does: a bridge on PCI, a root port on PCI Express. For one thread.
 */
final class PciPlan {
  private static final int MAX_BUSES = 256;

  private final Guest guest;
  private final boolean express;
  private final List<PciBus> buses = new ArrayList<>();
  private final List<String> added = new ArrayList<>();

  PciPlan(Guest guest) throws VirtException {
    this.guest = guest;
    this.express = guest.board().isExpress();
    Map<Long, Node> controllers = new HashMap<>();
    long last = 0;
    for (Node controller : guest.devices("controller")) {
      if (controller.is("@type", "pci")) {
        long index = controller.number("@index");
        if (controllers.put(index, controller) != null) {
          throw Refusal.xml(controller.path("@index"), "'" + index + "' is there twice");
        }
        last = Math.max(last, index);
      }
    }
    if (last >= MAX_BUSES) {
      throw Refusal.xml("/domain/devices/controller/@index", "'" + last + "' is more than 255");
    }
    for (long index = 0; index <= last; index++) {
      Node controller = controllers.get(index);
      if (controller == null) {
        grow(express ? "pcie-root-port" : "pci-bridge");
      } else {
        buses.add(PciBus.of(controller));
      }
    }
  }

  PciBus root() {
    return buses.get(0);
  }

  /** Takes a place for each bus that was added, which may add another. */
  void placeAdded() throws VirtException {
    for (int i = 0; i < added.size(); i++) {
      String model = added.get(i).substring(added.get(i).indexOf(' ') + 1);
      assign(Node.of("controller", "model", model), PciKind.ofController(model));
    }
  }

  /** Returns the indexes of the buses that were added, and their models in the same order. */
  List<String> added() {
    return added;
  }

  private void grow(String model) throws VirtException {
    if (buses.size() >= MAX_BUSES) {
      throw Refusal.of("/domain/devices", "no PCI bus is left");
    }
    Node controller = Node.of("controller", "type", "pci", "model", model);
    added.add(buses.size() + " " + model);
    buses.add(PciBus.of(controller));
  }

  /** Takes the place that a device was given. */
  void reserve(Node device, PciKind kind, PciAddress at) throws VirtException {
    boolean bridged = kind == PciKind.PCI || kind == PciKind.PCI_BRIDGE;
    while (buses.size() <= at.bus()) {
      String bridge = hasRoom(PciKind.PCI_BRIDGE) ? "pci-bridge" : "pcie-to-pci-bridge";
      boolean behind = bridged || at.slot() != 0;
      grow(!express ? "pci-bridge" : behind ? bridge : "pcie-root-port");
    }
    buses.get(at.bus()).reserve(device.path("address"), kind, at);
  }

  /** Gives a device a place. */
  PciAddress assign(Node device, PciKind kind) throws VirtException {
    Optional<PciAddress> found = find(kind);
    if (found.isEmpty()) {
      makeRoom(device, kind);
      found = find(kind);
    }
    if (found.isEmpty()) {
      throw Refusal.of(device.path(), "there is no PCI bus for it");
    }
    found.get().put(device);
    return found.get();
  }

  private Optional<PciAddress> find(PciKind kind) {
    for (int index = 0; index < buses.size(); index++) {
      PciBus bus = buses.get(index);
      if (bus.takes(kind, express)) {
        Optional<int[]> place = bus.next(kind);
        if (place.isPresent()) {
          return Optional.of(new PciAddress(index, place.get()[0], place.get()[1]));
        }
      }
    }
    return Optional.empty();
  }

  boolean hasRoom(PciKind kind) {
    return buses.stream().anyMatch(bus -> bus.takes(kind, express) && bus.hasRoom(kind, express));
  }

  void makeRoom(Node device, PciKind kind) throws VirtException {
    switch (kind) {
      case PCI, PCI_BRIDGE -> {
        if (!express) {
          grow("pci-bridge");
        } else if (hasRoom(PciKind.PCI_BRIDGE)) {
          // A bridge from DMI takes bridges only.
          grow("pci-bridge");
        } else {
          if (!hasRoom(PciKind.EXPRESS_TO_PCI)) {
            grow("pcie-root-port");
          }
          grow("pcie-to-pci-bridge");
        }
      }
      case EXPRESS, UPSTREAM_PORT, EXPRESS_TO_PCI ->
          grow(express ? "pcie-root-port" : "pci-bridge");
      default -> throw Refusal.of(device.path(), "there is no PCI bus for it");
    }
  }

  /** Takes a place for good. */
  void block(PciAddress at) {
    buses.get(at.bus()).block(at.slot(), at.function());
  }

  /** Gives a place back. */
  void free(PciAddress at) {
    buses.get(at.bus()).free(at.slot(), at.function());
  }

  /** Says on function 0 of each slot with more functions that there are more. */
  void markMultifunction(List<Node> devices) throws VirtException {
    for (Node device : devices) {
      var at = PciAddress.of(device);
      if (at.isEmpty() || at.get().function() != 0 || device.has("address/@multifunction")) {
        continue;
      }
      boolean root = at.get().bus() == 0 && guest.board() == Board.I440FX && at.get().slot() == 1;
      if (!root && buses.get(at.get().bus()).isMulti(at.get().slot())) {
        device.child("address").set("multifunction", "on");
      }
    }
  }
}
