package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;

/** Names of PCI devices of the host. */
final class PciNames {
  private PciNames() {}

  /** Returns a name such as {@code 0000:06:12.5}. */
  static String host(Node address) throws VirtException {
    return "%04x:%02x:%02x.%x"
        .formatted(
            address.number("@domain", 0),
            address.number("@bus", 0),
            address.number("@slot", 0),
            address.number("@function", 0));
  }
}
