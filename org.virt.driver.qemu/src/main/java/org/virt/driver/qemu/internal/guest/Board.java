package org.virt.driver.qemu.internal.guest;

import java.util.Set;
import java.util.regex.Pattern;

/** What kind of board a machine type is. */
public enum Board {
  /** Intel 440FX with PCI. */
  I440FX("pci-root", "pci.0"),
  /** Intel Q35 with PCI Express. */
  Q35("pcie-root", "pcie.0"),
  /** A PC without PCI, whose devices are memory-mapped virtio ones. */
  MICROVM(null, null),
  /** Arm and RISC-V boards of QEMU's own, with PCI Express. */
  VIRT("pcie-root", "pcie.0"),
  /** IBM Power, with any number of PCI host bridges. */
  PSERIES("pci-root", "pci.0"),
  /** IBM Z, with channel devices. */
  S390("pci-root", "pci.0"),
  /** A PC with ISA alone. */
  ISAPC(null, null),
  /** A board that nothing is known of. */
  OTHER(null, null);

  /** Arm's architectures in libvirt's words. */
  static final Set<String> ARM = Set.of("aarch64", "armv6l", "armv7l");

  private static final Pattern FX = Pattern.compile("pc|pc-[0-9].*|pc-i440fx-.*|rhel.*|xenfv.*");

  private final String rootModel;
  private final String rootBus;

  Board(String rootModel, String rootBus) {
    this.rootModel = rootModel;
    this.rootBus = rootBus;
  }

  /** Returns the kind of a machine type on an architecture in libvirt's words. */
  public static Board of(String arch, String machine) {
    if (arch.equals("x86_64") || arch.equals("i686")) {
      return pc(machine);
    }
    if (arch.startsWith("s390")) {
      return S390;
    }
    if (arch.startsWith("ppc64") && machine.startsWith("pseries")) {
      return PSERIES;
    }
    boolean own = ARM.contains(arch) || arch.startsWith("riscv");
    return own && (machine.equals("virt") || machine.startsWith("virt-")) ? VIRT : OTHER;
  }

  private static Board pc(String machine) {
    if (machine.equals("q35") || machine.startsWith("pc-q35-")) {
      return Q35;
    }
    if (FX.matcher(machine).matches()) {
      return I440FX;
    }
    return machine.equals("microvm") ? MICROVM : machine.equals("isapc") ? ISAPC : OTHER;
  }

  /** Returns the model of the controller that is the root of its buses; null without PCI. */
  public String rootModel() {
    return rootModel;
  }

  /** Returns QEMU's name of the root bus; null without PCI. */
  public String rootBus() {
    return rootBus;
  }

  /** Says whether its root bus is PCI Express. */
  public boolean isExpress() {
    return "pcie-root".equals(rootModel);
  }

  /** Says whether it is a PC. */
  public boolean isPc() {
    return this == I440FX || this == Q35 || this == MICROVM || this == ISAPC;
  }
}
