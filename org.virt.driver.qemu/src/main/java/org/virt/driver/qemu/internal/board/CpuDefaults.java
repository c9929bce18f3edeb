package org.virt.driver.qemu.internal.board;

import org.virt.driver.qemu.internal.guest.Guest;

/** The CPU of a machine that asks for none. */
final class CpuDefaults {
  static final String MODEL = "qemu64";

  private CpuDefaults() {}

  /** Says whether the model is written into the definition: it belongs to the machine type. */
  static boolean isWritten(Guest guest) {
    boolean here = guest.root().is("@type", "qemu", "kvm");
    String machine = guest.machine();
    boolean versioned =
        machine.equals("q35") || machine.startsWith("pc-q35-") || machine.startsWith("pc-i440fx-");
    return here && guest.board().isPc() && versioned;
  }

  static String of(String emulator) {
    return emulator.endsWith("i386") ? "qemu32" : MODEL;
  }
}
