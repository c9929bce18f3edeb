package org.virt.driver.qemu.internal.board;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Which ways to sleep the guest's firmware offers. */
final class Sleep {
  private Sleep() {}

  static void write(Guest guest, CommandLine out) throws VirtException {
    Node pm = guest.root().child("pm");
    root(guest, out);
    if (pm == null) {
      return;
    }
    for (Node way : pm.children()) {
      String state =
          switch (way.name()) {
            case "suspend-to-mem" -> "s3";
            case "suspend-to-disk" -> "s4";
            default -> throw Refusal.of(way.path(), "not supported");
          };
      String device = guest.board() == Board.Q35 ? "ICH9-LPC" : "PIIX4_PM";
      if (way.has("@enabled")) {
        String disabled = way.on("@enabled") ? "0" : "1";
        out.add("-global", device + ".disable_" + state + "=" + disabled);
      }
    }
  }

  private static void root(Guest guest, CommandLine out) throws VirtException {
    Node controller = guest.controller("pci", 0);
    Boolean hotplug = controller == null ? null : controller.flag("target/@hotplug");
    if (hotplug != null && guest.board() == Board.I440FX) {
      String state = hotplug ? "on" : "off";
      out.add("-global", "PIIX4_PM.acpi-root-pci-hotplug=" + state);
    }
  }
}
