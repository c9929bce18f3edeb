package org.virt.driver.test.internal;

import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Creation;
import org.virt.api.domain.LifeVerbs.StartFlag;

/** Starting transient machines with flags. */
record TestCreation(TestHost host, Set<DomainId> mortal) implements Creation {
  @Override
  public DomainId createXml(String xml, Set<StartFlag> flags) throws VirtException {
    DomainId id = host.create(xml);
    TestLife.started(host, id, flags, mortal);
    return id;
  }
}
