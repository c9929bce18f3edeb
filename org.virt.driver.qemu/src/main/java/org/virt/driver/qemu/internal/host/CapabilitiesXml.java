package org.virt.driver.qemu.internal.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.virt.api.NodeInfo;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.qemu.internal.cpu.CpuFit;
import org.virt.driver.qemu.internal.cpu.HostCpu;
import org.virt.driver.qemu.internal.host.QemuBinary.MachineType;
import org.virt.driver.qemu.internal.linux.HostPages;

/** Prints what host and hypervisor can do (libvirt's formatcaps). */
public final class CapabilitiesXml {
  private static final List<Path> IDENTITIES =
      List.of(Path.of("/sys/class/dmi/id/product_uuid"), Path.of("/etc/machine-id"));

  private CapabilitiesXml() {}

  /**
   * Prints them.
   *
   * @param kvm whether machines of type {@code kvm} can run
   */
  public static String print(
      HostCpus host, Optional<HostModel> cpu, List<Guest> guests, boolean kvm) {
    XmlWriter out = new XmlWriter().open("capabilities");
    printHost(host, cpu, out);
    for (Guest guest : guests) {
      printGuest(guest, kvm && guest.arch().equals(HostCpus.architecture()), out);
    }
    return out.close().toString();
  }

  /** An architecture that guests can have, and the program that runs them. */
  public record Guest(String arch, QemuBinary binary) {}

  /** The CPU of the host, and what QEMU would call it. */
  public record HostModel(HostCpu cpu, Optional<CpuFit> fit) {}

  private static void printHost(HostCpus host, Optional<HostModel> model, XmlWriter out) {
    NodeInfo info = host.nodeInfo();
    out.open("host");
    identity().ifPresent(uuid -> out.element("uuid", uuid));
    out.open("cpu").element("arch", info.model());
    model.ifPresent(known -> printModel(known, out));
    out.open("topology")
        .attribute("sockets", info.topology().socketsPerCell())
        .attribute("dies", 1)
        .attribute("cores", info.topology().coresPerSocket())
        .attribute("threads", info.topology().threadsPerCore())
        .close();
    model.ifPresent(known -> printFeatures(known, out));
    SortedSet<Long> sizes = new TreeSet<>(List.of(HostPages.usual()));
    host.cells().forEach(cell -> sizes.addAll(cell.hugePages().keySet()));
    for (long size : sizes) {
      out.open("pages").attribute("unit", "KiB").attribute("size", size).close();
    }
    out.close();
    out.open("topology").open("cells").attribute("num", host.cells().size());
    host.cells().forEach(cell -> printCell(cell, out));
    out.close().close().close();
  }

  private static void printCell(HostCpus.Cell cell, XmlWriter out) {
    out.open("cell").attribute("id", cell.id());
    out.open("memory").attribute("unit", "KiB").text(cell.memoryKiB()).close();
    long huge = 0;
    for (Map.Entry<Long, Long> pages : cell.hugePages().entrySet()) {
      huge += pages.getKey() * pages.getValue();
    }
    long usual = HostPages.usual();
    printPages(usual, (cell.memoryKiB() - huge) / usual, out);
    cell.hugePages().forEach((size, count) -> printPages(size, count, out));
    if (!cell.distances().isEmpty()) {
      out.open("distances");
      cell.distances()
          .forEach(
              (other, value) ->
                  out.open("sibling").attribute("id", other).attribute("value", value).close());
      out.close();
    }
    out.open("cpus").attribute("num", cell.cpus().size());
    for (HostCpus.Cpu cpu : cell.cpus()) {
      out.open("cpu")
          .attribute("id", cpu.id())
          .attribute("socket_id", cpu.socket())
          .attribute("die_id", cpu.die())
          .attribute("core_id", cpu.core())
          .attribute("siblings", cpu.siblings())
          .close();
    }
    out.close().close();
  }

  private static void printPages(long size, long count, XmlWriter out) {
    out.open("pages").attribute("unit", "KiB").attribute("size", size).text(count).close();
  }

  private static void printModel(HostModel model, XmlWriter out) {
    HostCpu cpu = model.cpu();
    model.fit().ifPresent(fit -> out.element("model", fit.model().name()));
    if (!cpu.cpu().vendor().isEmpty()) {
      out.element("vendor", cpu.cpu().vendor());
    }
    cpu.microcode().ifPresent(v -> out.open("microcode").attribute("version", v).close());
    out.open("signature");
    for (String part : List.of("family", "model", "stepping")) {
      out.attribute(part, cpu.signature().getOrDefault(part, "0"));
    }
    out.close();
  }

  private static void printFeatures(HostModel model, XmlWriter out) {
    model
        .cpu()
        .addressBits()
        .ifPresent(
            bits ->
                out.open("maxphysaddr")
                    .attribute("mode", "emulate")
                    .attribute("bits", bits)
                    .close());
    for (String name : model.fit().map(CpuFit::more).orElse(Set.of())) {
      out.open("feature").attribute("name", name).close();
    }
  }

  private static void printGuest(Guest guest, boolean kvm, XmlWriter out) {
    out.open("guest").element("os_type", "hvm");
    out.open("arch").attribute("name", guest.arch());
    out.element("wordsize", guest.arch().equals("i686") ? 32 : 64);
    out.element("emulator", guest.binary().path());
    for (MachineType type : guest.binary().machines()) {
      if (!type.name().equals("none")) {
        out.open("machine").attribute("maxCpus", type.maxCpus()).text(type.name()).close();
        type.alias()
            .ifPresent(
                alias ->
                    out.open("machine")
                        .attribute("canonical", type.name())
                        .attribute("maxCpus", type.maxCpus())
                        .text(alias)
                        .close());
      }
    }
    out.open("domain").attribute("type", "qemu").close();
    if (kvm) {
      out.open("domain").attribute("type", "kvm").close();
    }
    out.close().close();
  }

  private static Optional<UUID> identity() {
    for (Path file : IDENTITIES) {
      try {
        String digits = Files.readString(file, StandardCharsets.US_ASCII).strip().replace("-", "");
        String grouped =
            digits
                .toLowerCase(Locale.ROOT)
                .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
        return Optional.of(UUID.fromString(grouped));
      } catch (IOException | IllegalArgumentException e) {
        // Only root may read the first; the second is there on every systemd host.
        continue;
      }
    }
    return Optional.empty();
  }
}
