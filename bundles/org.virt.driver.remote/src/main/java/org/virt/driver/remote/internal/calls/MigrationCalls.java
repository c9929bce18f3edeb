package org.virt.driver.remote.internal.calls;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.Flag;
import org.virt.api.domain.MigrationVerbs;

/** Has a machine moved by the host that it is on, which itself connects to the other. */
record MigrationCalls(FarDomain domain) implements MigrationVerbs {
  private static final byte[] NO_COOKIE = {};

  @Override
  public void migrate(URI destination, Set<MigrateFlag> flags) throws VirtException {
    domain.callLong(
        "domain_migrate_perform3_params",
        destination.toString(),
        List.of(),
        NO_COOKIE,
        Flag.word(flags) | MigrateFlag.PEER2PEER.bit());
  }
}
