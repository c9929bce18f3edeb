package org.virt.driver.qemu.internal.machine;

import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.SecretVerbs;

/** A machine's XML with passwords. */
record SecretXml(MachineHost host, DomainId id) implements SecretVerbs {
  @Override
  public String xmlWithSecrets(XmlView view) throws VirtException {
    Machine machine = host.find(id);
    Run run = machine.run();
    Definition definition = machine.definition();
    if (run != null && view == XmlView.LIVE) {
      return run.live.secretXml();
    }
    if (definition != null) {
      return definition.xml();
    }
    if (run != null) {
      return run.live.startXml();
    }
    throw Machine.gone(id);
  }
}
