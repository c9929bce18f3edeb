package org.virt.driver.qemu.internal.board;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.Audio;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** The machine type with its options, accelerator and identity. */
public final class MachinePart implements Part {
  /** In KiB. */
  private static final long MIB = 1024;

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    Node features = root.child("features");
    boolean arm = guest.board() == Board.VIRT && guest.isArm();
    if (arm && !guest.isKvm()) {
      features = root.ensure("features");
      features.ensure("gic").fill("version", "2");
    }
    if (features == null) {
      return;
    }
    if (features.children().isEmpty()) {
      features.remove();
      return;
    }
    Numbers.toKib(features.child("tcg/tb-cache"));
    if (features.has("hyperv")) {
      features.child("hyperv").fill("mode", "custom");
    }
    for (String name : List.of("pmu", "vmport", "smm", "vmcoreinfo", "pvspinlock", "hap")) {
      if (features.has(name)) {
        features.child(name).fill("state", "on");
      }
    }
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    LaunchSecurity.check(guest, root);
    labels(root);
    if (root.has("genid") && !guest.board().isPc()) {
      throw Refusal.of("/domain/genid", "is for PCs");
    }
    if (root.has("keywrap") && guest.board() != Board.S390) {
      throw Refusal.of("/domain/keywrap", "is for s390 machines");
    }
    Node features = root.child("features");
    if (features == null) {
      return;
    }
    boolean flash = root.has("os/loader") || root.has("os/@firmware");
    if (guest.isArm() && features.has("acpi") && !flash) {
      throw Refusal.of("/domain/features/acpi", "needs UEFI on " + guest.arch());
    }
    FeatureCheck.run(guest, features);
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Guest guest = machine.guest();
    if (!guest.board().isPc()) {
      throw Refusal.of(
          "/domain/os/type/@arch", "machines of '" + guest.arch() + "' are defined, not started");
    }
    LaunchSecurity.write(root, out);
    out.add("-machine", options(machine, root), "-accel", accelerator(root));
    FirmwareFiles.write(machine, out);
    out.add("-uuid", root.get("uuid"));
    if (root.has("genid")) {
      Props genid = Props.device("vmgenid").put("guid", root.get("genid"));
      out.device(genid.put("id", "vmgenid0"));
    }
    if (root.has("features/vmcoreinfo") && !root.is("features/vmcoreinfo/@state", "off")) {
      out.device(Props.device("vmcoreinfo"));
    }
    out.add("-no-user-config", "-nodefaults");
    // The option went away with QEMU 9.0, the property came with 5.0.
    if (!root.has("features/acpi") && machine.facts().version().major() < 9) {
      out.add("-no-acpi");
    }
    Sleep.write(guest, out);
    Node segment = root.child("features/smm/tseg");
    if (segment != null) {
      long kib = Numbers.kib(segment, segment.text(), "MiB");
      out.add("-global", "mch.extended-tseg-mbytes=" + kib / MIB);
    }
    // The driver decides what becomes of a guest that has powered itself off.
    out.add("-no-shutdown");
    if (!root.is("on_reboot", "restart")) {
      out.add("-no-reboot");
    }
    if (guest.devices("graphics").stream().noneMatch(MachinePart::isDisplay)) {
      out.add("-display", "none");
    }
  }

  private static boolean isDisplay(Node graphics) {
    return graphics.is("@type", "sdl", "egl-headless", "dbus", "vnc", "spice");
  }

  private static String accelerator(Node root) throws VirtException {
    return switch (root.get("@type")) {
      case "qemu" -> {
        String cache = root.get("features/tcg/tb-cache");
        yield cache == null ? "tcg" : "tcg,tb-size=" + Numbers.parse(cache) / MIB;
      }
      case "kvm" -> {
        Node ring = root.child("features/kvm/dirty-ring");
        boolean on = ring != null && ring.on("@state");
        yield on ? "kvm,dirty-ring-size=" + ring.number("@size") : "kvm";
      }
      default -> throw Refusal.value("/domain/@type", root.get("@type"));
    };
  }

  private static String options(Machine machine, Node root) throws VirtException {
    Guest guest = machine.guest();
    StringBuilder options = new StringBuilder(guest.machine()).append(",usb=off");
    option("vmport", state(root, "features/vmport"), options);
    option("smm", smm(machine, root), options);
    String ioapic = root.get("features/ioapic/@driver");
    option(
        "kernel_irqchip", ioapic == null ? null : ioapic.equals("qemu") ? "split" : "on", options);
    String dump = root.get("memory/@dumpCore", "off");
    option("dump-guest-core", dump, options);
    boolean merges = root.has("memoryBacking/nosharepages");
    option("mem-merge", merges ? "off" : null, options);
    boolean nvdimm = guest.devices("memory").stream().anyMatch(m -> m.is("@model", "nvdimm"));
    option("nvdimm", nvdimm ? "on" : null, options);
    option("memory-backend", MemorySizes.mainBackend(guest), options);
    option("pflash0", FirmwareFiles.hasCode(guest) ? "libvirt-pflash0-format" : null, options);
    option("pflash1", FirmwareFiles.hasVariables(guest) ? "libvirt-pflash1-format" : null, options);
    option("hpet", Clocks.present(root, "hpet"), options);
    // The BIOS then talks over the serial line.
    option("graphics", root.on("os/bios/@useserial") ? "off" : null, options);
    boolean hmat = Hmat.isGiven(root);
    option("hmat", hmat ? "on" : null, options);
    option("confidential-guest-support", LaunchSecurity.object(root), options);
    if (!root.has("features/acpi") && machine.facts().version().major() >= 9) {
      options.append(",acpi=off");
    }
    for (Node sound : guest.devices("sound")) {
      if (sound.is("@model", "pcspk")) {
        option("pcspk-audiodev", Audio.of(guest, sound), options);
      }
    }
    return options.toString();
  }

  private static void labels(Node root) throws VirtException {
    List<String> models = new ArrayList<>();
    for (Node label : root.children("seclabel")) {
      String model = label.get("@model", "");
      if (label.is("@type", "static") && model.isEmpty()) {
        throw Refusal.xml(label.path("@model"), "missing");
      }
      if (models.contains(model)) {
        throw Refusal.xml(label.path("@model"), "'" + model + "' is there twice");
      }
      models.add(model);
    }
  }

  /** A firmware that is chosen for secure boot needs system management mode. */
  private static String smm(Machine machine, Node root) throws VirtException {
    String own = state(root, "features/smm");
    boolean chosen = root.is("os/@firmware", "efi");
    return own == null && chosen && machine.facts().firmware(machine.guest()).on("@smm")
        ? "on"
        : own;
  }

  private static String state(Node root, String path) {
    Node feature = root.child(path);
    return feature == null ? null : feature.get("@state", "on");
  }

  private static void option(String name, String value, StringBuilder options) {
    if (value != null) {
      options.append(',').append(name).append('=').append(value);
    }
  }
}
