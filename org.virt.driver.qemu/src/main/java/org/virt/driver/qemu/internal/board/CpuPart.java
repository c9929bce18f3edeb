package org.virt.driver.qemu.internal.board;

import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.FeatureNames;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Model and features of the virtual CPUs. */
public final class CpuPart implements Part {
  /** What QEMU took out of models that libvirt's machines had it in: said, so that it stays so. */
  private static final Map<String, String> TAKEN_OUT =
      Map.of(
          "Icelake-Server", "intel-pt",
          "Icelake-Server-noTSX", "intel-pt",
          "Icelake-Client", "intel-pt",
          "Icelake-Client-noTSX", "intel-pt");

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    Node cpu = root.child("cpu");
    if (cpu != null) {
      complete(guest, root, cpu);
      if (cpu.children().isEmpty() && cpu.attributes().isEmpty()) {
        cpu.remove();
        cpu = null;
      }
    }
    boolean fixed = CpuDefaults.isWritten(guest);
    if (fixed && (cpu == null || !cpu.has("@mode"))) {
      Node own = root.ensure("cpu");
      own.set("mode", "custom").set("match", "exact").set("check", "none");
      own.add(Node.of("model", "fallback", "forbid").text(CpuDefaults.MODEL));
    }
  }

  private static void complete(Guest guest, Node root, Node cpu) throws VirtException {
    Node model = cpu.child("model");
    boolean named = model != null && !model.text().isEmpty();
    if (!cpu.has("@mode") && (named || cpu.has("@match"))) {
      cpu.set("mode", "custom");
    }
    boolean custom = cpu.is("@mode", "custom");
    if (custom && named) {
      cpu.fill("match", "exact");
      model.fill("fallback", "allow");
    }
    if (model != null && !named) {
      model.remove();
    }
    if (cpu.is("@mode", "host-passthrough")) {
      cpu.fill("migratable", "on");
    }
    if (cpu.has("@mode") && !cpu.has("@check")) {
      boolean none = !guest.isKvm() && !root.is("@type", "hvf");
      String check = cpu.is("@mode", "host-model") ? "partial" : none ? "none" : "partial";
      cpu.set("check", cpu.is("@mode", "host-passthrough", "maximum") ? "none" : check);
    }
    Node topology = cpu.child("topology");
    if (topology != null) {
      topology.fill("dies", "1");
    }
    for (Node feature : cpu.children("feature")) {
      if (custom) {
        feature.fill("policy", "require");
      }
    }
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    CpuCheck.run(guest, root);
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Node cpu = root.child("cpu");
    StringBuilder value = new StringBuilder(model(machine, root, cpu));
    if (cpu != null) {
      for (Node feature : cpu.children("feature")) {
        value.append(feature(feature));
      }
      String lost = TAKEN_OUT.get(cpu.get("model", ""));
      boolean said = cpu.children("feature").stream().anyMatch(f -> f.is("@name", lost));
      option(value, lost, lost == null || said ? null : "off");
    }
    timers(root, value);
    option(value, "kvm-pv-eoi", root.get("features/apic/@eoi"));
    Node spinlock = root.child("features/pvspinlock");
    option(value, "kvm-pv-unhalt", spinlock == null ? null : spinlock.get("@state", "on"));
    HyperV.write(root, value);
    for (Node panic : machine.guest().devices("panic")) {
      if (panic.is("@model", "hyperv")) {
        value.append(",hv-crash");
      }
    }
    kvm(root, value);
    if (cpu != null) {
      cache(cpu, value);
    }
    out.add("-cpu", value.toString());
  }

  private static void timers(Node root, StringBuilder value) throws VirtException {
    for (Node timer : root.child("clock").children("timer")) {
      String present = timer.has("@present") ? timer.on("@present") ? "on" : "off" : null;
      switch (timer.get("@name", "")) {
        case "kvmclock" -> option(value, "kvmclock", present);
        case "hypervclock" -> option(value, "hv-time", "on".equals(present) ? "on" : null);
        case "tsc" -> {
          Long frequency = timer.number("@frequency");
          option(value, "tsc-frequency", frequency == null ? null : frequency.toString());
        }
        default -> {
          // The others are the board's.
        }
      }
    }
  }

  private static void kvm(Node root, StringBuilder value) {
    Node kvm = root.child("features/kvm");
    if (kvm != null) {
      option(value, "kvm", kvm.on("hidden/@state") ? "off" : null);
      option(value, "kvm-hint-dedicated", kvm.on("hint-dedicated/@state") ? "on" : null);
      option(value, "kvm-poll-control", kvm.on("poll-control/@state") ? "on" : null);
      option(value, "kvm-pv-ipi", kvm.is("pv-ipi/@state", "off") ? "off" : null);
    }
    Node pmu = root.child("features/pmu");
    option(value, "pmu", pmu == null ? null : pmu.get("@state", "on"));
  }

  private static void cache(Node cpu, StringBuilder value) {
    String mode = cpu.get("cache/@mode", "");
    boolean pass = cpu.is("@mode", "host-passthrough", "maximum");
    value.append(mode.equals("emulate") ? ",l3-cache=on" : "");
    value.append(mode.equals("passthrough") ? ",host-cache-info=on" : "");
    value.append(mode.matches("emulate|disable") && pass ? ",host-cache-info=off" : "");
    value.append(mode.matches("passthrough|disable") ? ",l3-cache=off" : "");
    Node bits = cpu.child("maxphysaddr");
    if (bits != null && bits.is("@mode", "passthrough")) {
      value.append(",host-phys-bits=on");
      option(value, "host-phys-bits-limit", bits.get("@limit"));
    } else if (bits != null) {
      String own = bits.get("@bits");
      option(value, own == null ? "host-phys-bits" : "phys-bits", own == null ? "off" : own);
    }
  }

  static void option(StringBuilder value, String name, String state) {
    if (state != null) {
      value.append(',').append(name).append('=').append(state);
    }
  }

  private static String model(Machine machine, Node root, Node cpu) throws VirtException {
    String mode = cpu == null ? "custom" : cpu.get("@mode", "custom");
    switch (mode) {
      case "custom" -> {
        if (cpu == null || !cpu.has("model")) {
          return CpuDefaults.of(root.get("devices/emulator", ""));
        }
        String vendor = cpu.get("model/@vendor_id");
        return word(cpu.path("model"), cpu.get("model"))
            + (vendor == null ? "" : ",vendor=" + vendor);
      }
      case "host-passthrough" -> {
        if (!machine.guest().isKvm()) {
          throw Refusal.of("/domain/cpu/@mode", "'host-passthrough' needs a machine of type 'kvm'");
        }
        return "host,migratable=" + cpu.get("@migratable", "on");
      }
      case "maximum" -> {
        return "max" + (cpu.has("@migratable") ? ",migratable=" + cpu.get("@migratable") : "");
      }
      default ->
          throw Refusal.of(
              "/domain/cpu/@mode",
              "'" + mode + "' is not supported; use 'maximum', 'custom' or 'host-passthrough'");
    }
  }

  private static String feature(Node feature) throws VirtException {
    feature.oneOf("@policy", "force", "require", "optional", "disable", "forbid");
    String name = word(feature.path("@name"), feature.require("@name"));
    if (FeatureNames.OF_THE_HOST.contains(name)) {
      return "";
    }
    String state = feature.is("@policy", "disable", "forbid") ? "off" : "on";
    return "," + FeatureNames.qemu(name) + "=" + state;
  }

  /** Names of models and features stand in a list of options: nothing else may hide in them. */
  private static String word(String path, String value) throws VirtException {
    if (!value.matches("[A-Za-z0-9_.+-]+")) {
      throw Refusal.value(path, value);
    }
    return value;
  }
}
