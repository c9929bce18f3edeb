package org.virt.driver.qemu.internal.board;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of the virtual CPUs. */
final class CpuCheck {
  private static final int VENDOR = 12;

  private CpuCheck() {}

  static void run(Guest guest, Node root) throws VirtException {
    Node cpu = root.child("cpu");
    if (cpu == null) {
      return;
    }
    cpu.oneOf("@mode", "custom", "host-model", "host-passthrough", "maximum");
    cpu.oneOf("@match", "minimum", "exact", "strict");
    cpu.oneOf("@check", "none", "partial", "full");
    cpu.oneOf("model/@fallback", "allow", "forbid");
    String vendor = cpu.get("model/@vendor_id");
    if (vendor != null && (vendor.length() != VENDOR || vendor.contains(","))) {
      throw Refusal.xml(
          cpu.path("model/@vendor_id"), "is not " + VENDOR + " characters without a comma");
    }
    if (guest.board() == Board.S390 && !cpu.children("feature").isEmpty()) {
      throw Refusal.of(cpu.path("feature"), "features are not supported on s390x");
    }
    boolean pass = cpu.is("@mode", "host-passthrough", "maximum");
    boolean own = !cpu.has("@mode") || cpu.is("@mode", "custom");
    if (own && !cpu.has("model") && (cpu.has("feature") || cpu.has("vendor"))) {
      throw Refusal.xml(cpu.path("model"), "missing, with features or a vendor");
    }
    if (cpu.has("@migratable") && !pass) {
      throw Refusal.of(cpu.path("@migratable"), "is for CPUs that are the host's, and 'maximum'");
    }
    Set<String> names = new HashSet<>();
    for (Node feature : cpu.children("feature")) {
      if (!names.add(feature.require("@name"))) {
        throw Refusal.xml(feature.path("@name"), "'" + feature.get("@name") + "' is there twice");
      }
      feature.require("@name");
      feature.oneOf("@policy", "force", "require", "optional", "disable", "forbid");
    }
    boolean x86 = guest.board().isPc() || guest.arch().matches("x86_64|i686");
    if (cpu.has("cache") && !x86) {
      throw Refusal.of(cpu.path("cache"), "is not for machines of " + guest.arch());
    }
    if (cpu.is("@mode", "maximum") && guest.arch().matches("(ppc|riscv).*")) {
      throw Refusal.of(cpu.path("@mode"), "'maximum' is not for machines of " + guest.arch());
    }
    cache(cpu, pass);
    Node bits = cpu.child("maxphysaddr");
    if (bits != null) {
      bits.oneOf("@mode", "passthrough", "emulate");
      if (bits.is("@mode", "emulate") && !bits.has("@bits")) {
        throw Refusal.of(bits.path("@bits"), "missing");
      }
      boolean through = bits.is("@mode", "passthrough");
      if (through && bits.has("@bits")) {
        throw Refusal.of(bits.path("@bits"), "is not for mode 'passthrough'");
      }
      if (through && !pass) {
        throw Refusal.of(bits.path("@mode"), "'passthrough' needs a CPU that is the host's");
      }
    }
    boolean narrow =
        guest.arch().matches("armv[67]l|ppc|i686") && cpu.is("@mode", "host-passthrough");
    if (narrow && guest.root().get("devices/emulator", "").contains("aarch64")) {
      throw Refusal.of(cpu.path("@mode"), "a CPU of 64 bits cannot be passed to " + guest.arch());
    }
    topology(root, cpu);
  }

  private static void cache(Node cpu, boolean pass) throws VirtException {
    Node cache = cpu.child("cache");
    if (cache == null) {
      return;
    }
    cache.oneOf("@mode", "emulate", "passthrough", "disable");
    boolean emulate = cache.is("@mode", "emulate");
    if (emulate && !cache.is("@level", "3")) {
      throw Refusal.of(cache.path("@level"), "'emulate' is for level 3");
    }
    if (cache.is("@mode", "passthrough") && !pass) {
      throw Refusal.of(cache.path("@mode"), "'passthrough' needs a CPU that is the host's");
    }
    if (!emulate && cache.has("@level")) {
      throw Refusal.of(cache.path("@level"), "is for 'emulate'");
    }
  }

  private static void topology(Node root, Node cpu) throws VirtException {
    Node topology = cpu.child("topology");
    if (topology == null) {
      return;
    }
    for (String part : List.of("sockets", "cores", "threads")) {
      topology.require("@" + part);
    }
    long product = 1;
    for (String part : List.of("sockets", "dies", "cores", "threads")) {
      long value = topology.number("@" + part, 1);
      if (value < 1) {
        throw Refusal.value(topology.path("@" + part), topology.get("@" + part));
      }
      product *= value;
    }
    long count = Numbers.parse(root.get("vcpu"));
    if (product != count) {
      throw Refusal.of(topology.path(), "its product is not the number of CPUs, " + count);
    }
  }
}
