package org.virt.driver.qemu.internal.board;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.DiskSourceCheck;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What a machine begins with: BIOS or UEFI, and where UEFI keeps its variables. */
final class Firmware {
  private Firmware() {}

  static boolean isFlash(Node os) {
    return os.is("loader/@type", "pflash");
  }

  static void check(Guest guest, Node os) throws VirtException {
    os.oneOf("@firmware", "bios", "efi");
    os.oneOf("loader/@type", "rom", "pflash");
    boolean automatic = os.has("@firmware");
    Node loader = os.child("loader");
    boolean stateless = os.on("loader/@stateless");
    if (!automatic && loader != null && loader.text().isEmpty()) {
      throw Refusal.xml("/domain/os/loader", "there is no path, and firmware is not chosen");
    }
    if (automatic) {
      automatic(os);
    } else {
      manual(guest, os);
    }
    if (stateless && os.has("nvram/@template")) {
      throw Refusal.of("/domain/os/nvram/@template", "a stateless loader has no variables");
    }
    if (stateless && os.has("nvram")) {
      throw Refusal.of("/domain/os/nvram", "a stateless loader has no variables");
    }
    if (os.has("nvram")) {
      DiskSourceCheck.variables(os.child("nvram"));
    }
    boolean secure = os.on("loader/@secure");
    if (secure && guest.board() != Board.Q35) {
      throw Refusal.of("/domain/os/loader/@secure", "needs machine type 'q35'");
    }
    boolean smm = guest.root().is("features/smm/@state", "on");
    if (secure && !automatic && !smm) {
      throw Refusal.of("/domain/os/loader/@secure", "needs <smm state='on'/>");
    }
  }

  private static void automatic(Node os) throws VirtException {
    if (os.is("@firmware", "bios") && (os.has("nvram") || os.has("firmware"))) {
      throw Refusal.of("/domain/os/@firmware", "'bios' has neither variables nor features");
    }
    if (os.has("loader/@readonly") || os.has("loader/@type")) {
      throw Refusal.of("/domain/os/loader", "type and readonly are chosen with the firmware");
    }
    if (os.is("loader/@secure", "no")) {
      throw Refusal.of(
          "/domain/os/loader/@secure", "'no' cannot be asked of a firmware that is chosen");
    }
    if (os.has("loader") && !os.get("loader").isEmpty()) {
      throw Refusal.of("/domain/os/loader", "the path is chosen with the firmware");
    }
    Node features = os.child("firmware");
    if (features != null) {
      boolean enrolled = false;
      boolean noBoot = false;
      for (Node feature : features.children("feature")) {
        enrolled |= feature.is("@name", "enrolled-keys") && feature.on("@enabled");
        noBoot |= feature.is("@name", "secure-boot") && !feature.on("@enabled");
      }
      if (enrolled && noBoot) {
        throw Refusal.of("/domain/os/firmware/feature", "enrolled keys need secure boot");
      }
    }
  }

  private static void manual(Guest guest, Node os) throws VirtException {
    if (os.has("firmware")) {
      throw Refusal.of("/domain/os/firmware", "features are for a firmware that is chosen");
    }
    boolean flash = isFlash(os);
    if (!flash && (os.has("nvram") || os.has("loader/@stateless"))) {
      throw Refusal.of("/domain/os/nvram", "variables need a loader of type 'pflash'");
    }
    if (flash && guest.board().isPc() && !guest.root().has("features/acpi")) {
      throw Refusal.of("/domain/os/loader", "UEFI needs ACPI");
    }
  }
}
