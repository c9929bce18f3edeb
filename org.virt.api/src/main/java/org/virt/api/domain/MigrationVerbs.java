package org.virt.api.domain;

import java.net.URI;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: moving it to another host. */
@ConsumerType
public interface MigrationVerbs {
  /**
   * Moves the machine, and returns when it is there.
   *
   * @param destination a connection to the other host
   */
  default void migrate(URI destination, Set<MigrateFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainMigrateToURI");
  }

  /** How a machine is moved ({@code virDomainMigrateFlags}). */
  enum MigrateFlag implements Flag {
    LIVE(1),
    PEER2PEER(2),
    TUNNELLED(4),
    PERSIST_DEST(8),
    UNDEFINE_SOURCE(16),
    PAUSED(32);

    private final int bit;

    MigrateFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
