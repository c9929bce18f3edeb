package org.virt.driver.qemu.internal.board;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Features of boards that have them. */
final class FeatureCheck {
  private static final Set<String> POWER =
      Set.of("hpt", "htm", "nested-hv", "ccf-assist", "cfpc", "sbbc", "ibs");

  private static final int MIN_RING = 1024;
  private static final int MAX_RING = 65_536;

  private FeatureCheck() {}

  private static final Set<String> KNOWN =
      Set.of(
          "acpi",
          "apic",
          "pae",
          "hap",
          "viridian",
          "privnet",
          "hyperv",
          "kvm",
          "xen",
          "pvspinlock",
          "capabilities",
          "pmu",
          "vmport",
          "gic",
          "smm",
          "ioapic",
          "hpt",
          "vmcoreinfo",
          "htm",
          "nested-hv",
          "msrs",
          "ccf-assist",
          "cfpc",
          "sbbc",
          "ibs",
          "tcg");

  /** In which libvirt refuses what it does not know, instead of passing it over. */
  private static final Map<String, Set<String>> CLOSED =
      Map.of(
          "hyperv",
          Set.copyOf(HyperV.KNOWN),
          "kvm",
          Set.of("hidden", "hint-dedicated", "poll-control", "pv-ipi", "dirty-ring"),
          "xen",
          Set.of("e820_host", "passthrough"));

  private static void closed(Node features) throws VirtException {
    for (Map.Entry<String, Set<String>> group : CLOSED.entrySet()) {
      Node node = features.child(group.getKey());
      for (Node child : node == null ? List.<Node>of() : node.children()) {
        if (!group.getValue().contains(child.name())) {
          throw Refusal.of(child.path(), "is not known");
        }
      }
    }
  }

  private static void ring(Node features) throws VirtException {
    Node ring = features.child("kvm/dirty-ring");
    if (ring == null || !ring.on("@state")) {
      return;
    }
    long size = ring.number("@size", 0);
    if (size < MIN_RING || size > MAX_RING || Long.bitCount(size) != 1) {
      throw Refusal.xml(ring.path("@size"), size + " is not a power of two within 1024 to 65536");
    }
  }

  static void run(Guest guest, Node features) throws VirtException {
    closed(features);
    ring(features);
    if (features.has("tcg") && !guest.root().is("@type", "qemu")) {
      throw Refusal.of(features.path("tcg"), "is for machines of type 'qemu'");
    }
    if (features.has("smm/tseg") && guest.board() != Board.Q35) {
      throw Refusal.of(features.path("smm/tseg"), "is for machine type 'q35'");
    }
    Node segment = features.child("smm/tseg");
    if (segment != null) {
      Numbers.kib(segment, segment.text(), "MiB");
    }
    if (features.on("hyperv/vendor_id/@state") && !features.has("hyperv/vendor_id/@value")) {
      throw Refusal.xml(features.path("hyperv/vendor_id/@value"), "missing");
    }
    boolean pc = guest.board().isPc();
    for (Node feature : features.children()) {
      String name = feature.name();
      if (!KNOWN.contains(name)) {
        throw Refusal.of(feature.path(), "is not known");
      }
      boolean power = POWER.contains(name) && guest.board() != Board.PSERIES;
      boolean arm = name.equals("gic") && !(guest.board() == Board.VIRT && guest.isArm());
      boolean x86 = Set.of("smm", "vmport", "ioapic", "pvspinlock").contains(name) && !pc;
      boolean hyperv = name.equals("hyperv") && !pc && !guest.isArm();
      boolean fwcfg =
          name.equals("vmcoreinfo") && Set.of(Board.PSERIES, Board.S390).contains(guest.board());
      if (power || arm || x86 || hyperv || fwcfg) {
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
