package org.virt.driver.qemu.internal.argv;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Clock;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Features;

/** Writes name, machine type, accelerator and identity. */
final class BoardWriter {
  private BoardWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    DomainConfig config = machine.config();
    out.add("-name", "guest=" + CommandLine.escape(config.name) + ",debug-threads=on", "-S");
    StringBuilder options = new StringBuilder(config.os.type.machine).append(",usb=off");
    option("vmport", vmport(config), options);
    options.append(",dump-guest-core=off,memory-backend=pc.ram");
    option("hpet", hpet(config), options);
    Features features = config.features == null ? new Features() : config.features;
    // The option went away with QEMU 9.0, the property came with 5.0.
    boolean property = machine.facts().version().major() >= 9;
    if (features.acpi == null && property) {
      options.append(",acpi=off");
    }
    out.add("-machine", options.toString(), "-accel", accelerator(config));
    out.add("-uuid", config.uuid, "-no-user-config", "-nodefaults");
    if (features.acpi == null && !property) {
      out.add("-no-acpi");
    }
    sleep(machine, out);
    // The driver decides what becomes of a guest that has powered itself off.
    out.add("-no-shutdown");
    if (!"restart".equals(config.onReboot)) {
      out.add("-no-reboot");
    }
    if (config.devices.graphics.isEmpty()) {
      out.add("-display", "none");
    }
  }

  private static void option(String name, String value, StringBuilder options) {
    if (value != null) {
      options.append(',').append(name).append('=').append(value);
    }
  }

  private static String accelerator(DomainConfig config) throws VirtException {
    return switch (String.valueOf(config.type)) {
      case "qemu" -> "tcg";
      case "kvm" -> "kvm";
      default -> throw Refusal.value("/domain/@type", config.type);
    };
  }

  private static String vmport(DomainConfig config) throws VirtException {
    if (config.features == null) {
      return null;
    }
    Optional<XmlElement> vmport = Nodes.kept(config.features, "vmport");
    String state = vmport.map(element -> element.attribute("state")).orElse(null);
    if (vmport.isPresent() && state != null && !state.matches("on|off")) {
      throw Refusal.value("/domain/features/vmport/@state", state);
    }
    return vmport.isEmpty() ? null : state == null ? "on" : state;
  }

  private static String hpet(DomainConfig config) {
    for (Clock.Timer timer : config.clock.timers) {
      if ("hpet".equals(timer.name) && timer.present != null) {
        return timer.present.equals("yes") ? "on" : "off";
      }
    }
    return null;
  }

  /** Which ways to sleep the guest's firmware offers. */
  private static void sleep(Machine machine, CommandLine out) throws VirtException {
    Optional<XmlElement> pm = Nodes.kept(machine.config(), "pm");
    if (pm.isEmpty()) {
      return;
    }
    for (XmlElement way : pm.get().children()) {
      String state =
          switch (way.name()) {
            case "suspend-to-mem" -> "s3";
            case "suspend-to-disk" -> "s4";
            default -> throw Refusal.of("/domain/pm/" + way.name(), "not supported");
          };
      String device =
          switch (machine.family()) {
            case I440FX -> "PIIX4_PM";
            case Q35 -> "ICH9-LPC";
          };
      if (way.attribute("enabled") != null) {
        String disabled = "no".equals(way.attribute("enabled")) ? "1" : "0";
        out.add("-global", device + ".disable_" + state + "=" + disabled);
      }
    }
  }
}
