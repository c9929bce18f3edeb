package org.virt.driver.qemu.internal.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.virt.api.xml.XmlWriter;

/** Prints what machines of one kind may have, as libvirt's domainCapabilities. */
public final class DomainCapabilitiesXml {
  /** What the generator of command lines writes, by device and attribute. */
  private static final Map<String, List<String>> DISK =
      Map.of(
          "diskDevice", List.of("disk", "cdrom"),
          "bus", List.of("ide", "scsi", "virtio", "sata"));

  private DomainCapabilitiesXml() {}

  /**
   * A kind of machine.
   *
   * @param type {@code kvm} or {@code qemu}
   * @param machine exact machine type
   */
  public record Kind(Path emulator, String type, String machine, String arch, int maxVcpus) {}

  /** Prints it. */
  public static String print(Kind kind, List<CpuDefinitions.Model> models) {
    XmlWriter out = new XmlWriter();
    out.open("domainCapabilities");
    text(out, "path", kind.emulator().toString());
    text(out, "domain", kind.type());
    text(out, "machine", kind.machine());
    text(out, "arch", kind.arch());
    out.open("vcpu").attribute("max", Integer.toString(kind.maxVcpus()));
    out.close();
    supported(out, "iothreads", true);
    supported(out, "os", false);
    cpu(out, kind, models);
    supported(out, "memoryBacking", false);
    devices(out);
    features(out);
    out.close();
    return out.toString();
  }

  private static void text(XmlWriter out, String element, String text) {
    out.element(element, text);
  }

  private static void supported(XmlWriter out, String element, boolean yes) {
    open(out, element, yes);
    out.close();
  }

  private static void open(XmlWriter out, String element, boolean yes) {
    out.open(element).attribute("supported", yes ? "yes" : "no");
  }

  private static void cpu(XmlWriter out, Kind kind, List<CpuDefinitions.Model> models) {
    out.open("cpu");
    mode(out, "host-passthrough", kind.type().equals("kvm"));
    out.close();
    mode(out, "maximum", true);
    out.close();
    mode(out, "host-model", false);
    out.close();
    mode(out, "custom", true);
    for (CpuDefinitions.Model model : models) {
      out.open("model").attribute("usable", model.usable() ? "yes" : "no");
      out.text(model.name());
      out.close();
    }
    out.close();
    out.close();
  }

  private static void mode(XmlWriter out, String name, boolean yes) {
    out.open("mode").attribute("name", name).attribute("supported", yes ? "yes" : "no");
  }

  private static void devices(XmlWriter out) {
    out.open("devices");
    open(out, "disk", true);
    enumeration(out, "diskDevice", DISK.get("diskDevice"));
    enumeration(out, "bus", DISK.get("bus"));
    out.close();
    open(out, "graphics", true);
    enumeration(out, "type", List.of("vnc"));
    out.close();
    open(out, "video", true);
    enumeration(out, "modelType", List.of("vga", "cirrus", "qxl", "virtio", "none", "bochs"));
    out.close();
    supported(out, "hostdev", false);
    open(out, "rng", true);
    enumeration(out, "model", List.of("virtio"));
    enumeration(out, "backendModel", List.of("random", "builtin"));
    out.close();
    supported(out, "filesystem", false);
    supported(out, "tpm", false);
    open(out, "channel", true);
    enumeration(out, "type", List.of("pty", "unix"));
    out.close();
    out.close();
  }

  private static void enumeration(XmlWriter out, String name, List<String> values) {
    out.open("enum").attribute("name", name);
    values.forEach(value -> text(out, "value", value));
    out.close();
  }

  private static void features(XmlWriter out) {
    out.open("features");
    for (String none :
        List.of("gic", "vmcoreinfo", "genid", "backingStoreInput", "backup", "sev")) {
      supported(out, none, false);
    }
    out.close();
  }
}
