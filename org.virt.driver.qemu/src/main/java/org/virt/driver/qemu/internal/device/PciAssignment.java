package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * Gives each PCI device a place, those with a given one first, the others in libvirt's order: a
 * guest finds its hardware where libvirt would have put it.
 */
final class PciAssignment {
  /** Kinds of devices after the controllers, as libvirt goes through them. */
  private static final List<String> ORDER =
      List.of(
          "filesystem",
          "interface",
          "sound",
          "controller",
          "disk",
          "hostdev",
          "memballoon",
          "rng",
          "watchdog",
          "video",
          "shmem",
          "input",
          "serial",
          "vsock",
          "crypto",
          "memory",
          "iommu");

  private final Guest guest;

  private PciAssignment(Guest guest) {
    this.guest = guest;
  }

  /** Does it on a copy, to learn which buses are needed; where any are, again with these buses. */
  static void run(Guest guest) throws VirtException {
    if (guest.board().rootBus() == null || guest.controller("pci", 0) == null) {
      return;
    }
    int buses = guest.devices("controller").size();
    Guest trial = new Guest(guest.root().copy());
    PciPlan plan = new PciAssignment(trial).assign();
    plan.placeAdded();
    boolean express = guest.board().isExpress();
    if (!express && guest.board() == Board.I440FX && !plan.hasRoom(PciKind.PCI)) {
      plan.makeRoom(guest.root(), PciKind.PCI);
    }
    // Whoever has laid out the buses himself has kept a port free, or wants none.
    boolean own =
        guest.devices("controller").stream().filter(c -> c.is("@type", "pci")).count() > 1;
    boolean ports = false;
    long next = 0;
    for (String bus : plan.added()) {
      long index = Long.parseLong(bus.substring(0, bus.indexOf(' ')));
      String model = bus.substring(bus.indexOf(' ') + 1);
      Controllers.append(guest, "pci", index, model);
      ports |= !own && model.equals("pcie-root-port");
      next = index + 1;
    }
    if (ports) {
      while (guest.controller("pci", next) != null) {
        next++;
      }
      Controllers.append(guest, "pci", next, "pcie-root-port");
    }
    if (guest.devices("controller").size() == buses) {
      guest.root().take(trial.root());
    } else {
      new PciAssignment(guest).assign();
    }
  }

  private PciPlan assign() throws VirtException {
    PciPlan plan = new PciPlan(guest);
    PciChipset.block(guest, plan.root());
    Map<Node, PciKind> waiting = new LinkedHashMap<>();
    List<Node> all = new ArrayList<>();
    for (Node controller : guest.devices("controller")) {
      if (controller.is("@type", "pci")) {
        collect(plan, controller, waiting, all);
      }
    }
    for (String kind : ORDER) {
      if (kind.equals("hostdev")) {
        for (Node card : guest.devices("interface")) {
          if (isHostDevice(card)) {
            collect(plan, card, waiting, all);
          }
        }
      }
      for (Node device : guest.devices(kind)) {
        boolean placed = kind.equals("controller") && device.is("@type", "pci");
        if (!placed && !isHostDevice(device)) {
          collect(plan, device, waiting, all);
        }
      }
    }
    onBoard(plan, waiting);
    for (Map.Entry<Node, PciKind> device : waiting.entrySet()) {
      if (!Usb2.assign(guest, plan, device.getKey())) {
        plan.assign(device.getKey(), device.getValue());
      }
    }
    plan.markMultifunction(all);
    return plan;
  }

  /** A card of the host is a device of the host first. */
  private static boolean isHostDevice(Node device) {
    return device.name().equals("interface") && device.is("@type", "hostdev");
  }

  /** Refuses a place of another domain, or that of what is on the board. */
  private void checkPlace(Node device, PciAddress given) throws VirtException {
    if (device.number("address/@domain", 0) != 0 && guest.board() != Board.S390) {
      throw Refusal.xml(device.path("address/@domain"), "there is the domain 0 alone");
    }
    for (Node other : guest.devices("controller")) {
      boolean own = other != device && other.is("address/@type", "pci");
      Optional<PciAddress> theirs = own ? PciAddress.of(other) : Optional.empty();
      if (theirs.isPresent() && theirs.get().equals(given) && other.is("@type", "ide", "usb")) {
        throw Refusal.xml(device.path("address"), "is that of " + other.path() + ", too");
      }
    }
  }

  /** Notes a device's own place, or that it needs one. */
  private void collect(PciPlan plan, Node device, Map<Node, PciKind> waiting, List<Node> all)
      throws VirtException {
    PciKind kind = Parts.of(device).pci(guest, device);
    if (device.is("address/@type", "pci")) {
      normalise(device.child("address"));
    }
    String address = device.get("address/@type", "pci");
    if (kind == PciKind.NONE || !address.equals("pci") && !address.equals("none")) {
      return;
    }
    all.add(device);
    var given = PciAddress.of(device);
    if (given.isPresent()) {
      checkPlace(device, given.get());
      if (!PciChipset.isOwn(guest, device, given.get())) {
        plan.reserve(device, kind, given.get());
      }
    } else {
      waiting.put(device, kind);
    }
  }

  private static void normalise(Node address) throws VirtException {
    if (address.attributes().size() > 1 && PciAddress.of(address.parent()).isPresent()) {
      PciAddress.of(address.parent()).get().putInto(address);
    }
  }

  private void onBoard(PciPlan plan, Map<Node, PciKind> waiting) throws VirtException {
    for (Node device : List.copyOf(waiting.keySet())) {
      Optional<PciAddress> custom = PciChipset.custom(guest, device);
      if (custom.isPresent() && PciChipset.isFree(plan.root(), custom.get(), device)) {
        custom.get().put(device);
        plan.root().block(custom.get().slot(), custom.get().function());
        waiting.remove(device);
      } else if (custom.isPresent() && device.name().equals("video")) {
        plan.assign(device, waiting.remove(device));
      }
    }
  }
}
