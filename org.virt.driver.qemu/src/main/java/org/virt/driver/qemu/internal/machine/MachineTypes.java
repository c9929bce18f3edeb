package org.virt.driver.qemu.internal.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.driver.qemu.internal.guest.Node;

/**
 * What an alias such as {@code pc} meant when a machine was defined. A definition keeps the alias,
 * which is what its user wrote, and beside it the exact type, so that an update of QEMU does not
 * change the guest's hardware.
 */
final class MachineTypes {
  private static final String EXACT = "exact";

  private MachineTypes() {}

  /** Notes the exact type; an older definition of the same machine has the first word. */
  static void note(Guest guest, Guest before, HostDefaults host) throws VirtException {
    Node type = guest.root().child("os/type");
    type.set(EXACT, null);
    String machine = type.get("@machine");
    Path emulator = Path.of(guest.root().get("devices/emulator", ""));
    if (!Files.isExecutable(emulator)) {
      return;
    }
    Node old = before == null ? null : before.root().child("os/type");
    boolean same = old != null && machine.equals(old.get("@machine")) && old.has("@" + EXACT);
    String exact = same ? old.get("@" + EXACT) : host.machine(emulator.toString(), machine);
    type.set(EXACT, exact.equals(machine) ? null : exact);
  }

  /** Puts the exact type in the place of the alias. */
  static void settle(Guest guest) {
    Node type = guest.root().child("os/type");
    if (type.has("@" + EXACT)) {
      type.set("machine", type.get("@" + EXACT)).set(EXACT, null);
    }
  }
}
