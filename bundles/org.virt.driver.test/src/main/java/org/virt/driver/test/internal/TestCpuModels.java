package org.virt.driver.test.internal;

import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/** CPUs of the host in memory, of which only the architecture is known. */
final class TestCpuModels implements CpuModels {
  private static final String TYPE = "test";
  private static final String ARCH = "i686";

  @Override
  public String domainCapabilities(MachineKind kind) throws VirtException {
    String arch = kind.arch().orElse(ARCH);
    String type = kind.type().orElse(TYPE);
    if (!arch.equals(ARCH) || !type.equals(TYPE)) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "domain capabilities: there are no machines of type '%s' for '%s', only '%s' for '%s'"
              .formatted(type, arch, TYPE, ARCH));
    }
    return new XmlWriter()
        .open("domainCapabilities")
        .element("domain", TYPE)
        .element("arch", ARCH)
        .close()
        .toString();
  }

  @Override
  public Comparison compareCpu(String xml) throws VirtException {
    XmlElement cpu = SafeXml.tree("CPU XML", xml);
    XmlElement element = cpu.name().equals("cpu") ? cpu : cpu.make("cpu");
    String arch = element.child("arch").map(a -> a.text().strip()).orElse(ARCH);
    return arch.equals(ARCH) && element.child("feature").isEmpty()
        ? Comparison.IDENTICAL
        : Comparison.INCOMPATIBLE;
  }

  @Override
  public String baselineCpu(List<String> xml, Set<BaselineFlag> flags) throws VirtException {
    if (xml.isEmpty()) {
      throw new VirtException(ErrorCode.INVALID_ARG, "baseline CPU: no CPU is given");
    }
    String first = model(xml.get(0));
    for (String other : xml) {
      if (!model(other).equals(first)) {
        throw new VirtException(
            ErrorCode.CPU_INCOMPATIBLE, "baseline CPU: the CPUs have no model in common");
      }
    }
    return "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>"
        + first
        + "</model>\n</cpu>\n";
  }

  private static String model(String xml) throws VirtException {
    XmlElement cpu = SafeXml.tree("CPU XML", xml);
    return cpu.child("model")
        .map(m -> m.text().strip())
        .orElseThrow(
            () -> new VirtException(ErrorCode.XML_ERROR, "baseline CPU: no model in " + xml));
  }
}
