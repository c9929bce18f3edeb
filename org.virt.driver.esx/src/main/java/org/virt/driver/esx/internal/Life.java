package org.virt.driver.esx.internal;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs;

/** What a machine's life has beyond start and end. */
final class Life implements LifeVerbs {
  private final Definitions definitions;
  private final DomainId id;

  Life(Definitions definitions, DomainId id) {
    this.definitions = definitions;
    this.id = id;
  }

  @Override
  public void rename(String name) throws VirtException {
    definitions.rename(id, name);
  }
}
