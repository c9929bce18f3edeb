package org.virt.driver.qemu.internal.guest;

/** What is plugged into a PCI bus. */
public enum PciKind {
  /** Nothing. */
  NONE,
  /** A PCI device. */
  PCI,
  /** A PCI Express device. */
  EXPRESS,
  /** A PCI Express device that is part of the root complex. */
  INTEGRATED,
  PCI_BRIDGE,
  PCI_EXPANDER,
  ROOT_PORT,
  UPSTREAM_PORT,
  DOWNSTREAM_PORT,
  DMI_BRIDGE,
  EXPRESS_TO_PCI,
  EXPRESS_EXPANDER;

  /** Returns what a PCI controller is itself plugged in as. */
  public static PciKind ofController(String model) {
    return switch (String.valueOf(model)) {
      case "pci-bridge" -> PCI_BRIDGE;
      case "pci-expander-bus" -> PCI_EXPANDER;
      case "pcie-root-port" -> ROOT_PORT;
      case "pcie-switch-upstream-port" -> UPSTREAM_PORT;
      case "pcie-switch-downstream-port" -> DOWNSTREAM_PORT;
      case "dmi-to-pci-bridge" -> DMI_BRIDGE;
      case "pcie-to-pci-bridge" -> EXPRESS_TO_PCI;
      case "pcie-expander-bus" -> EXPRESS_EXPANDER;
      default -> NONE;
    };
  }
}
