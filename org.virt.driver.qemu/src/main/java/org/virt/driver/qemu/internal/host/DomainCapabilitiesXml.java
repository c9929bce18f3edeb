package org.virt.driver.qemu.internal.host;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.qemu.internal.cpu.CpuFit;
import org.virt.driver.qemu.internal.cpu.CpuModel;
import org.virt.driver.qemu.internal.cpu.CpuTable;
import org.virt.driver.qemu.internal.device.Parts;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Offer;

/**
 * Prints what machines of one kind may have, as libvirt's domainCapabilities: what the generator of
 * command lines writes, as far as the program has it.
 */
public final class DomainCapabilitiesXml {
  private static final List<String> DEVICES =
      List.of(
          "disk",
          "graphics",
          "video",
          "hostdev",
          "rng",
          "filesystem",
          "tpm",
          "redirdev",
          "channel");

  private static final List<Offer> MEMORY =
      Offer.list(
          "sourceType",
          "file",
          "memory-backend-file",
          "anonymous",
          "memory-backend-ram",
          "memfd",
          "memory-backend-memfd");

  private DomainCapabilitiesXml() {}

  /**
   * A kind of machine.
   *
   * @param type {@code kvm} or {@code qemu}
   * @param machine exact machine type
   * @param types the types of objects that the program has
   */
  public record Kind(
      Path emulator, String type, String machine, String arch, int maxVcpus, Set<String> types) {
    public Kind {
      types = Set.copyOf(types);
    }
  }

  /** Prints it, with the firmwares and CPU models for such machines. */
  public static String print(Kind kind, List<FirmwareDescriptor> firmwares, CpuTable cpus) {
    XmlWriter out = new XmlWriter();
    out.open("domainCapabilities");
    out.element("path", kind.emulator().toString());
    out.element("domain", kind.type());
    out.element("machine", kind.machine());
    out.element("arch", kind.arch());
    out.open("vcpu").attribute("max", Integer.toString(kind.maxVcpus()));
    out.close();
    supported(out, "iothreads", kind.types().contains("iothread"));
    os(out, kind, firmwares);
    cpu(out, kind, cpus);
    open(out, "memoryBacking", true);
    lists(out, MEMORY, kind.types());
    out.close();
    out.open("devices");
    for (String device : DEVICES) {
      open(out, device, true);
      lists(out, Parts.offers(device, Board.of(kind.arch(), kind.machine())), kind.types());
      out.close();
    }
    out.close();
    features(out, kind.types());
    out.close();
    return out.toString();
  }

  private static void supported(XmlWriter out, String element, boolean yes) {
    open(out, element, yes);
    out.close();
  }

  private static void open(XmlWriter out, String element, boolean yes) {
    out.open(element).attribute("supported", yes ? "yes" : "no");
  }

  private static void os(XmlWriter out, Kind kind, List<FirmwareDescriptor> firmwares) {
    List<FirmwareDescriptor> fitting =
        firmwares.stream().filter(f -> f.fits(kind.arch(), kind.machine())).toList();
    boolean secure = fitting.stream().anyMatch(f -> f.has("secure-boot"));
    open(out, "os", true);
    enumeration(out, "firmware", fitting.isEmpty() ? List.of() : List.of("efi"));
    open(out, "loader", true);
    fitting.stream()
        .map(FirmwareDescriptor::code)
        .distinct()
        .forEach(code -> out.element("value", code));
    enumeration(out, "type", List.of("rom", "pflash"));
    enumeration(out, "readonly", List.of("yes", "no"));
    enumeration(out, "secure", secure ? List.of("yes", "no") : List.of("no"));
    out.close();
    out.close();
  }

  private static void cpu(XmlWriter out, Kind kind, CpuTable cpus) {
    boolean kvm = kind.type().equals("kvm");
    List<String> either = List.of("on", "off");
    out.open("cpu");
    mode(out, "host-passthrough", kvm);
    if (kvm) {
      enumeration(out, "hostPassthroughMigratable", either);
    }
    out.close();
    mode(out, "maximum", true);
    enumeration(out, "maximumMigratable", either);
    out.close();
    Optional<CpuFit> fit = cpus.best().flatMap(best -> CpuFit.of(best, cpus.models()));
    mode(out, "host-model", fit.isPresent());
    fit.ifPresent(found -> found.print(out, "forbid"));
    out.close();
    mode(out, "custom", true);
    for (CpuModel model : cpus.models()) {
      String vendor = model.cpu().vendor();
      out.open("model").attribute("usable", model.usable() ? "yes" : "no");
      out.attribute("vendor", vendor.isEmpty() ? "unknown" : vendor);
      out.text(model.name());
      out.close();
    }
    out.close();
    out.close();
  }

  private static void mode(XmlWriter out, String name, boolean yes) {
    out.open("mode").attribute("name", name).attribute("supported", yes ? "yes" : "no");
  }

  /** Prints the values of each list that the program has the type for. */
  private static void lists(XmlWriter out, List<Offer> offers, Set<String> types) {
    Map<String, List<Offer>> lists = new LinkedHashMap<>();
    for (Offer offer : offers) {
      lists.computeIfAbsent(offer.list(), list -> new java.util.ArrayList<>()).add(offer);
    }
    lists.forEach(
        (list, all) ->
            enumeration(
                out,
                list,
                all.stream()
                    .filter(o -> o.type().isEmpty() || types.contains(o.type()))
                    .map(Offer::value)
                    .toList()));
  }

  private static void enumeration(XmlWriter out, String name, List<String> values) {
    out.open("enum").attribute("name", name);
    values.forEach(value -> out.element("value", value));
    out.close();
  }

  private static void features(XmlWriter out, Set<String> types) {
    out.open("features");
    supported(out, "gic", false);
    supported(out, "vmcoreinfo", types.contains("vmcoreinfo"));
    supported(out, "genid", types.contains("vmgenid"));
    supported(out, "backingStoreInput", true);
    supported(out, "backup", false);
    supported(out, "sev", false);
    supported(out, "sgx", false);
    out.close();
  }
}
