package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Which options each PCI controller has, and within what they are. */
final class PciOptions {
  private static final int MAX = 255;
  private static final String PORTS = "pcie-root-port|pcie-switch-downstream-port";

  /** Models by option, as a pattern. */
  private static final Map<String, String> MODELS =
      Map.of(
          "chassisNr",
          "pci-bridge",
          "chassis",
          PORTS,
          "port",
          PORTS,
          "busNr",
          "pcie?-expander-bus",
          "index",
          "pci-root",
          "hotplug",
          PORTS + "|pci-root");

  private PciOptions() {}

  static void check(Guest guest, Node controller, String usual) throws VirtException {
    String model = controller.get("@model", "");
    Node target = controller.child("target");
    for (String option : target == null ? List.<String>of() : target.attributes()) {
      if (!model.matches(MODELS.getOrDefault(option, ".*"))) {
        throw Refusal.of(target.path("@" + option), "is not for '" + model + "'");
      }
    }
    if (target != null) {
      within(target, "chassisNr", 1, MAX);
      within(target, "chassis", 0, MAX);
      within(target, "port", 0, MAX);
      within(target, "busNr", 1, MAX - 1);
      boolean root = model.equals("pci-root");
      if (target.has("@hotplug") && root && guest.board() != Board.I440FX) {
        throw Refusal.of(target.path("@hotplug"), "is not for this machine type");
      }
    }
    String name = controller.get("model/@name");
    boolean old = model.equals("pcie-root-port") && "ioh3420".equals(name);
    if (usual != null && name != null && !name.equals(usual) && !old) {
      throw Refusal.of(controller.path("model/@name"), "'" + name + "' is not for '" + model + "'");
    }
    long bus = controller.number("address/@bus", 0);
    if (bus > 0 && bus >= controller.number("@index", 0)) {
      throw Refusal.of(controller.path("address/@bus"), "is not less than the index");
    }
  }

  private static void within(Node target, String option, long min, long max) throws VirtException {
    Long value = target.number("@" + option);
    if (value != null && (value < min || value > max)) {
      throw Refusal.of(target.path("@" + option), value + " is not within " + min + " to " + max);
    }
  }
}
