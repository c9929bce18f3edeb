package org.virt.api.domain;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Facet of a machine: its XML with the CPU that it would get here in the place of one that is the
 * host's ({@code VIR_DOMAIN_XML_UPDATE_CPU}).
 */
@ConsumerType
public interface HostCpuVerbs {
  /** Returns domain XML. */
  String xmlWithHostCpu(XmlView view) throws VirtException;

  /** Returns domain XML with passwords. */
  String secretXmlWithHostCpu(XmlView view) throws VirtException;

  /** Returns domain XML, as it is where the driver knows nothing of CPUs. */
  static String xml(Domain domain, XmlView view) throws VirtException {
    try {
      return domain.facet(HostCpuVerbs.class).xmlWithHostCpu(view);
    } catch (VirtException e) {
      return asItIs(e, () -> domain.xml(view));
    }
  }

  /** Returns domain XML with passwords, as it is where the driver knows nothing of CPUs. */
  static String secretXml(Domain domain, XmlView view) throws VirtException {
    try {
      return domain.facet(HostCpuVerbs.class).secretXmlWithHostCpu(view);
    } catch (VirtException e) {
      return asItIs(e, () -> SecretVerbs.xml(domain, view));
    }
  }

  private static String asItIs(VirtException reason, Source source) throws VirtException {
    if (reason.code() == ErrorCode.NO_SUPPORT) {
      return source.xml();
    }
    throw reason;
  }

  /** Where XML comes from. */
  @FunctionalInterface
  interface Source {
    /** Returns it. */
    String xml() throws VirtException;
  }
}
