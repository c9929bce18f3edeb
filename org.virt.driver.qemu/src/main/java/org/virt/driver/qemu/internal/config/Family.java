package org.virt.driver.qemu.internal.config;

import org.virt.api.VirtException;
import org.virt.model.domain.DomainConfig;

/** What kind of board a machine type is. */
public enum Family {
  /** Intel 440FX with PCI. */
  I440FX("pci-root", "pci.0"),
  /** Intel Q35 with PCI Express. */
  Q35("pcie-root", "pcie.0");

  private final String rootModel;
  private final String rootBus;

  Family(String rootModel, String rootBus) {
    this.rootModel = rootModel;
    this.rootBus = rootBus;
  }

  /** Returns the kind of a machine's board, or says that it is none of these. */
  public static Family of(DomainConfig config) throws VirtException {
    String machine = config.os.type.machine;
    if (machine == null || machine.matches("pc|pc-(i440fx-)?[0-9].*")) {
      return I440FX;
    }
    if (machine.matches("q35|pc-q35-.*")) {
      return Q35;
    }
    throw Refusal.value("/domain/os/type/@machine", machine);
  }

  /** Returns the model of the controller that is the root of its buses. */
  public String rootModel() {
    return rootModel;
  }

  /** Returns QEMU's name of the root bus. */
  public String rootBus() {
    return rootBus;
  }
}
