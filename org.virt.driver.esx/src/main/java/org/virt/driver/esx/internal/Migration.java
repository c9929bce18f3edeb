package org.virt.driver.esx.internal;

import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.MigrationVerbs;

/** Moves one machine to another host of its vCenter. */
final class Migration implements MigrationVerbs {
  private final Machines machines;
  private final Optional<Mover> mover;
  private final DomainId id;

  Migration(Machines machines, Optional<Mover> mover, DomainId id) {
    this.machines = machines;
    this.mover = mover;
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
    machines.get(action, id, Machines.STATE);
    mover
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    action + ": only a vCenter moves machines, connect with vcenter=HOST"))
        .move(action, id, destination);
  }
}
