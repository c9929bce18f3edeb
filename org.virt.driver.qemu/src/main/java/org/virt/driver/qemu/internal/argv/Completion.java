package org.virt.driver.qemu.internal.argv;

import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.driver.qemu.internal.board.Boards;
import org.virt.driver.qemu.internal.device.Devices;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;

/**
 * Fills in what a definition leaves open, as libvirt does: UUID, MAC addresses, machine type,
 * implied devices, controllers and the addresses of all devices. What is filled in once stays, for
 * it is kept with the definition; a complete definition is not changed.
 */
public final class Completion {
  private Completion() {}

  /**
   * Reads, completes and checks a machine.
   *
   * @throws VirtException {@code XML_ERROR}, {@code CONFIG_UNSUPPORTED} with the element
   */
  public static Guest run(String xml, HostDefaults host) throws VirtException {
    Guest guest = Guest.of(SafeXml.tree("domain XML", xml));
    Node root = guest.root();
    Vocabulary.checkValues(root);
    platform(guest, host);
    List<Part> parts = Boards.ALL;
    Devices.prepare(guest);
    for (Part part : parts) {
      part.complete(guest, root);
    }
    Devices.complete(guest);
    for (Part part : parts) {
      part.check(guest, root);
    }
    Devices.check(guest);
    for (Part part : Boards.LAST) {
      part.check(guest, root);
    }
    return guest;
  }

  /**
   * Refuses a machine with an element or an attribute that nobody documents.
   *
   * @throws VirtException {@code XML_INVALID_SCHEMA} with its path
   */
  public static void validate(String xml) throws VirtException {
    Optional<String> unknown =
        Vocabulary.firstUnknown(Guest.of(SafeXml.tree("domain XML", xml)).root());
    if (unknown.isPresent()) {
      throw new VirtException(
          ErrorCode.XML_INVALID_SCHEMA, "validate domain XML: " + unknown.get() + ": not known");
    }
  }

  private static void platform(Guest guest, HostDefaults host) throws VirtException {
    Node type = guest.root().ensure("os/type");
    type.fill("arch", "x86_64");
    Node devices = guest.devices();
    if (!devices.has("emulator")) {
      devices.add(Node.of("emulator").text(host.emulator(guest.arch())));
    }
    if (!type.has("@machine")) {
      type.set("machine", machine(guest.arch()));
    }
  }

  private static String machine(String arch) {
    return switch (arch) {
      case "x86_64", "i686" -> "pc";
      case "s390x" -> "s390-ccw-virtio";
      case "ppc64", "ppc64le" -> "pseries";
      case "aarch64", "armv7l", "riscv64", "riscv32" -> "virt";
      default -> "";
    };
  }
}
