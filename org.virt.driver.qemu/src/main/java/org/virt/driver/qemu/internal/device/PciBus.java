package org.virt.driver.qemu.internal.device;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.PciAddress;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Refusal;

/** A PCI bus and which of its places are taken. For one thread. */
final class PciBus {
  static final int SLOTS = 32;
  static final int FUNCTIONS = 8;

  private final String model;
  private final int first;
  private final int last;

  /** What is put here when no place is given. */
  private final Set<PciKind> chosen;

  /** What can be put here by an address. */
  private final Set<PciKind> possible;

  private final boolean[][] taken = new boolean[SLOTS][FUNCTIONS];

  /** Slots with root ports alone, whose functions are used one by one. */
  private final boolean[] shared = new boolean[SLOTS];

  private PciBus(String model, int first, int last, Set<PciKind> chosen, Set<PciKind> possible) {
    this.model = model;
    this.first = first;
    this.last = last;
    this.chosen = chosen;
    this.possible = possible;
  }

  /** Makes the bus of a controller. */
  static PciBus of(Node controller) throws VirtException {
    String model = controller.get("@model", "");
    PciBus bus = of(model);
    if (bus == null) {
      throw Refusal.value(controller.path("@model"), controller.get("@model"));
    }
    return bus;
  }

  private static PciBus of(String model) {
    Set<PciKind> pci = Set.of(PciKind.PCI, PciKind.EXPRESS, PciKind.PCI_BRIDGE);
    Set<PciKind> express = Set.of(PciKind.EXPRESS, PciKind.UPSTREAM_PORT, PciKind.EXPRESS_TO_PCI);
    Set<PciKind> ends = Set.of(PciKind.PCI, PciKind.EXPRESS, PciKind.INTEGRATED);
    return switch (model) {
      case "pci-root" -> {
        Set<PciKind> all = union(pci, Set.of(PciKind.PCI_EXPANDER, PciKind.INTEGRATED));
        yield new PciBus(model, 1, 31, all, all);
      }
      case "pci-bridge" -> new PciBus(model, 1, 31, pci, pci);
      case "pci-expander-bus" -> new PciBus(model, 0, 31, pci, pci);
      case "pcie-root" -> {
        Set<PciKind> own =
            Set.of(
                PciKind.INTEGRATED,
                PciKind.ROOT_PORT,
                PciKind.DMI_BRIDGE,
                PciKind.EXPRESS_EXPANDER);
        yield new PciBus(
            model, 1, 31, own, union(union(own, ends), Set.of(PciKind.EXPRESS_TO_PCI)));
      }
      case "pcie-root-port", "pcie-switch-downstream-port" ->
          new PciBus(model, 0, 0, express, union(express, ends));
      case "pcie-switch-upstream-port" -> {
        Set<PciKind> ports = Set.of(PciKind.DOWNSTREAM_PORT);
        yield new PciBus(model, 0, 31, ports, ports);
      }
      case "dmi-to-pci-bridge" -> new PciBus(model, 0, 31, Set.of(PciKind.PCI_BRIDGE), pci);
      case "pcie-to-pci-bridge" -> new PciBus(model, 1, 31, union(pci, Set.of()), pci);
      case "pcie-expander-bus" -> {
        Set<PciKind> ports = Set.of(PciKind.ROOT_PORT, PciKind.DMI_BRIDGE);
        yield new PciBus(model, 0, 31, ports, ports);
      }
      default -> null;
    };
  }

  private static Set<PciKind> union(Set<PciKind> one, Set<PciKind> other) {
    Set<PciKind> all = new HashSet<>(one);
    all.addAll(other);
    return all;
  }

  /** Says whether a device goes here when no place is given; Express ones not behind a bridge. */
  boolean takes(PciKind kind, boolean expressBoard) {
    boolean bridged = expressBoard && kind == PciKind.EXPRESS && !isPort();
    return chosen.contains(kind) && !bridged;
  }

  private boolean isPort() {
    return last == 0;
  }

  /** Takes a place for good, whatever is there. */
  void block(int slot, int function) {
    taken[slot][function] = true;
  }

  /** Gives a place back. */
  void free(int slot, int function) {
    taken[slot][function] = false;
  }

  /** Takes a place that was given; the path is that of the device. */
  void reserve(String path, PciKind kind, PciAddress at) throws VirtException {
    if (!possible.contains(kind)) {
      throw Refusal.xml(path, "cannot be plugged into the controller '" + model + "' at " + at);
    }
    if (at.slot() < first || at.slot() > last) {
      throw Refusal.xml(path, model + " has slots " + first + " to " + last + ", not " + at);
    }
    if (taken[at.slot()][at.function()]) {
      throw Refusal.xml(path, "PCI address " + at + " is taken");
    }
    take(kind, at.slot(), at.function());
  }

  private void take(PciKind kind, int slot, int function) {
    boolean fresh = isFree(slot);
    shared[slot] = kind == PciKind.ROOT_PORT && (fresh || shared[slot]);
    taken[slot][function] = true;
  }

  boolean isFree(int slot) {
    for (boolean function : taken[slot]) {
      if (function) {
        return false;
      }
    }
    return true;
  }

  boolean isFree(int slot, int function) {
    return !taken[slot][function];
  }

  /** Says whether more than one function of a slot is taken. */
  boolean isMulti(int slot) {
    int count = 0;
    for (boolean function : taken[slot]) {
      count += function ? 1 : 0;
    }
    return count > 1;
  }

  /** Takes the next free place, empty when there is none. */
  Optional<int[]> next(PciKind kind) {
    for (int slot = first; slot <= last; slot++) {
      if (isFree(slot)) {
        take(kind, slot, 0);
        return Optional.of(new int[] {slot, 0});
      }
      for (int f = 0; f < FUNCTIONS && shared[slot] && kind == PciKind.ROOT_PORT; f++) {
        if (!taken[slot][f]) {
          take(kind, slot, f);
          return Optional.of(new int[] {slot, f});
        }
      }
    }
    return Optional.empty();
  }

  boolean hasRoom(PciKind kind, boolean expressBoard) {
    if (!takes(kind, expressBoard)) {
      return false;
    }
    for (int slot = first; slot <= last; slot++) {
      if (isFree(slot)) {
        return true;
      }
    }
    return false;
  }
}
