package org.virt.driver.qemu.internal.cpu;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/**
 * A CPU that XML describes (libvirt's formatdomain, "CPU model and topology").
 *
 * @param arch architecture; empty where it is not said
 * @param model the name of its model
 * @param cpu what it must have
 * @param optional what it may have
 * @param forbidden what it must not have
 * @param strict whether it must have nothing else
 */
record CpuWish(
    String arch,
    String model,
    Cpu cpu,
    Set<String> optional,
    Set<String> forbidden,
    boolean strict) {
  CpuWish {
    optional = Set.copyOf(optional);
    forbidden = Set.copyOf(forbidden);
  }

  /**
   * Reads an element {@code cpu}.
   *
   * @throws VirtException {@code XML_ERROR}; {@code INTERNAL_ERROR} as libvirt has it for a model
   *     or a feature that is not known
   */
  static CpuWish read(String xml, CpuTable table) throws VirtException {
    XmlElement cpu = SafeXml.tree("CPU XML", xml);
    if (!cpu.name().equals("cpu")) {
      throw bad("the root is not <cpu>");
    }
    String mode = Optional.ofNullable(cpu.attribute("mode")).orElse("custom");
    String name = cpu.child("model").map(m -> m.text().strip()).orElse("");
    if (!mode.equals("custom") || name.isEmpty()) {
      throw bad("missing CPU model name");
    }
    Set<String> required = new TreeSet<>(table.model(name).cpu().features());
    Set<String> optional = new TreeSet<>();
    Set<String> forbidden = new TreeSet<>();
    for (XmlElement feature : cpu.children("feature")) {
      String which = feature.attribute("name");
      if (which == null) {
        throw bad("a feature has no name");
      }
      table.requireKnown(which);
      String policy = Optional.ofNullable(feature.attribute("policy")).orElse("require");
      boolean here = policy.matches("force|require");
      switch (policy) {
        case "force", "require" -> required.add(which);
        case "optional", "disable" -> optional.add(which);
        case "forbid" -> forbidden.add(which);
        default -> throw bad("the policy '" + policy + "' is not known");
      }
      if (!here) {
        required.remove(which);
      }
    }
    String vendor = cpu.child("vendor").map(v -> v.text().strip()).orElse("");
    String arch = cpu.child("arch").map(a -> a.text().strip()).orElse("");
    boolean strict = "strict".equals(cpu.attribute("match"));
    return new CpuWish(arch, name, new Cpu(vendor, required), optional, forbidden, strict);
  }

  private static VirtException bad(String reason) {
    return new VirtException(ErrorCode.XML_ERROR, "read CPU XML: " + reason);
  }
}
