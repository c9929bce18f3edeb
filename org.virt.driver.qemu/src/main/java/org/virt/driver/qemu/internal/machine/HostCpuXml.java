package org.virt.driver.qemu.internal.machine;

import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.HostCpuVerbs;
import org.virt.api.xml.SafeXml;
import org.virt.driver.qemu.internal.cpu.HostModel;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.model.domain.DomainXml;

/** Domain XML with a named CPU where the definition has the host's. */
record HostCpuXml(MachineHost host, HostModel model, DomainId id) implements HostCpuVerbs {
  @Override
  public String xmlWithHostCpu(XmlView view) throws VirtException {
    return DomainXml.printPublic(DomainXml.parse(settle(host.find(id).xml(view))));
  }

  @Override
  public String secretXmlWithHostCpu(XmlView view) throws VirtException {
    return DomainXml.print(DomainXml.parse(settle(new SecretXml(host, id).xmlWithSecrets(view))));
  }

  private String settle(String xml) throws VirtException {
    Guest guest = Guest.of(SafeXml.tree("domain XML", xml));
    model.settle(guest);
    return guest.print();
  }
}
