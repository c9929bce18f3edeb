package org.virt.driver.qemu.internal.board;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;

/** What Windows guests know of their hypervisor. */
final class HyperV {
  /** All that there are, in the order in which libvirt writes them. */
  static final List<String> KNOWN =
      List.of(
          "relaxed",
          "vapic",
          "spinlocks",
          "vpindex",
          "runtime",
          "synic",
          "stimer",
          "reset",
          "vendor_id",
          "frequencies",
          "reenlightenment",
          "tlbflush",
          "ipi",
          "evmcs",
          "avic");

  private HyperV() {}

  static void write(Node root, StringBuilder value) throws VirtException {
    Node hyperv = root.child("features/hyperv");
    if (hyperv == null) {
      return;
    }
    if (hyperv.is("@mode", "passthrough")) {
      value.append(",hv-passthrough=on");
    }
    for (String name : KNOWN) {
      Node feature = hyperv.child(name);
      if (feature == null || !feature.get("@state", "on").equals("on")) {
        continue;
      }
      switch (feature.name()) {
        case "spinlocks" ->
            CpuPart.option(
                value, "hv-spinlocks", Numbers.hex(feature.number("@retries", 0x1fff), 1));
        case "vendor_id" ->
            CpuPart.option(value, "hv-vendor-id", CommandLine.escape(feature.get("@value", "")));
        case "stimer" -> {
          CpuPart.option(value, "hv-stimer", "on");
          CpuPart.option(value, "hv-stimer-direct", feature.on("direct/@state") ? "on" : null);
        }
        default -> CpuPart.option(value, "hv-" + feature.name().replace('_', '-'), "on");
      }
    }
  }
}
