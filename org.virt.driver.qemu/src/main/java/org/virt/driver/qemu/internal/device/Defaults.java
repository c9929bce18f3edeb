package org.virt.driver.qemu.internal.device;

import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;

/** Which defaults are written down. */
final class Defaults {
  private Defaults() {}

  /**
   * Says whether a machine type means one and the same hardware for ever: a versioned one, or Q35.
   * What an alias such as {@code pc} leaves open is chosen when the machine starts.
   */
  static boolean isDefinite(Guest guest) {
    return guest.board() == Board.Q35
        || guest.board() == Board.PSERIES
        || guest.machine().matches("pc-(i440fx-)?[0-9].*");
  }
}
