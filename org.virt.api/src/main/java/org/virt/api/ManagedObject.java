package org.virt.api;

import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/** What is defined, started and ended under a name and a UUID, at one moment. */
@ProviderType
public interface ManagedObject {
  /** Returns its name, unique among its kind within a connection. */
  String name();

  /** Returns its UUID, unique among its kind within a connection. */
  UUID uuid();

  /** Says whether it can be used. */
  boolean isActive();

  /** Says whether a definition outlives it. */
  boolean isPersistent();

  /** Says whether it is active when the host is. */
  boolean isAutostarted();
}
