package org.virt.driver.qemu.internal.config;

import org.virt.model.domain.Controller;

/** The model of a USB controller. */
public final class UsbModel {
  private UsbModel() {}

  /** Returns the model; one that is not given is the board's oldest. */
  public static String of(Controller controller) {
    return controller.model == null || controller.model.equals("default")
        ? "piix3-uhci"
        : controller.model;
  }
}
