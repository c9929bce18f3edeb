package org.virt.driver.esx.internal;

import java.net.URI;
import java.util.EnumSet;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.MigrationVerbs;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;

/** Moves one machine to another host of the same vCenter. */
final class Migration implements MigrationVerbs {
  private final Vim vim;
  private final Inventory place;
  private final Machines machines;
  private final Tasks tasks;
  private final DomainId id;

  Migration(Vim vim, Inventory place, Machines machines, Tasks tasks, DomainId id) {
    this.vim = vim;
    this.place = place;
    this.machines = machines;
    this.tasks = tasks;
    this.id = id;
  }

  @Override
  public void migrate(URI destination, Set<MigrateFlag> flags) throws VirtException {
    String action = "migrate domain " + id + " to " + destination;
    // Definitions are the vCenter's: there is nothing to choose about them.
    Set<MigrateFlag> others = EnumSet.noneOf(MigrateFlag.class);
    others.addAll(flags);
    others.removeAll(
        Set.of(MigrateFlag.LIVE, MigrateFlag.PERSIST_DEST, MigrateFlag.UNDEFINE_SOURCE));
    if (!others.isEmpty()) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED, action + ": not with VMware: " + others);
    }
    String scheme = destination.getScheme();
    if (scheme == null || !scheme.equals("vpx") || !vim.host().equals(destination.getHost())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          action + ": the destination has to be vpx://" + vim.host() + "/datacenter/host");
    }
    Inventory there = Inventory.find(vim, EsxUri.parse(destination));
    if (there.host().equals(place.host())) {
      throw new VirtException(ErrorCode.OPERATION_INVALID, action + ": it is there");
    }
    Found machine = machines.get(action, id, Machines.STATE);
    Body body =
        new Body()
            .ref("pool", there.pool())
            .ref("host", there.host())
            .text("priority", "defaultPriority");
    tasks.run(action, "MigrateVM_Task", machine.ref(), body);
  }
}
