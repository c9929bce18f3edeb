package org.virt.driver.qemu.internal.board;

import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Features of boards that have them. */
final class FeatureCheck {
  private static final Set<String> POWER =
      Set.of("hpt", "htm", "nested-hv", "ccf-assist", "cfpc", "sbbc", "ibs");

  private FeatureCheck() {}

  static void run(Guest guest, Node features) throws VirtException {
    boolean pc = guest.board().isPc();
    for (Node feature : features.children()) {
      String name = feature.name();
      boolean power = POWER.contains(name) && guest.board() != Board.PSERIES;
      boolean arm = name.equals("gic") && guest.board() != Board.VIRT;
      boolean x86 = Set.of("smm", "vmport", "ioapic").contains(name) && !pc;
      if (power || arm || x86) {
        throw Refusal.of(feature.path(), "is not for machine type '" + guest.machine() + "'");
      }
      if (!name.matches("ioapic|hyperv|kvm|xen|capabilities|gic|msrs|cfpc|sbbc|ibs|hpt")) {
        feature.oneOf("@state", "on", "off");
      }
    }
    features.oneOf("ioapic/@driver", "kvm", "qemu");
    features.oneOf("hyperv/@mode", "custom", "passthrough");
    Node hyperv = features.child("hyperv");
    if (hyperv != null && hyperv.on("spinlocks/@state")) {
      Long retries = hyperv.number("spinlocks/@retries");
      if (retries == null || retries < 4095) {
        throw Refusal.xml(hyperv.path("spinlocks/@retries"), "must be 4095 or more");
      }
    }
    if (hyperv != null && hyperv.get("vendor_id/@value", "").length() > 12) {
      throw Refusal.xml(hyperv.path("vendor_id/@value"), "has at most 12 characters");
    }
  }
}
