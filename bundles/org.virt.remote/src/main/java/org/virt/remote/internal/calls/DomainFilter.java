package org.virt.remote.internal.calls;

import org.virt.api.Connect;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SnapshotVerbs;

/**
 * Which machines a list has ({@code virConnectListAllDomainsFlags}): flags come in groups of
 * opposites; a machine must have one of those given of each group.
 */
record DomainFilter(int flags) {
  /** All bits of all groups. */
  static final int KNOWN = 0xffff;

  private static final int ACTIVE = 1;
  private static final int INACTIVE = 2;
  private static final int PERSISTENT = 4;
  private static final int TRANSIENT = 8;
  private static final int RUNNING = 16;
  private static final int PAUSED = 32;
  private static final int SHUTOFF = 64;
  private static final int OTHER = 128;
  private static final int MANAGED_SAVE = 256;
  private static final int NO_MANAGED_SAVE = 512;
  private static final int AUTOSTART = 1024;
  private static final int NO_AUTOSTART = 2048;
  private static final int SNAPSHOT = 4096;
  private static final int NO_SNAPSHOT = 8192;
  private static final int CHECKPOINT = 16384;
  private static final int NO_CHECKPOINT = 32768;

  boolean admits(Connect connect, DomainSummary domain) throws VirtException {
    return flags == 0 || chooses(connect, domain);
  }

  private boolean chooses(Connect connect, DomainSummary domain) throws VirtException {
    Persistence persistence = domain.persistence();
    return group(ACTIVE | INACTIVE, domain.isActive() ? ACTIVE : INACTIVE)
        && group(
            PERSISTENT | TRANSIENT, persistence == Persistence.TRANSIENT ? TRANSIENT : PERSISTENT)
        && group(RUNNING | PAUSED | SHUTOFF | OTHER, state(domain.status().state()))
        && group(
            AUTOSTART | NO_AUTOSTART,
            persistence == Persistence.AUTOSTART ? AUTOSTART : NO_AUTOSTART)
        && (!asks(SNAPSHOT | NO_SNAPSHOT)
            || group(SNAPSHOT | NO_SNAPSHOT, snapshots(connect, domain)))
        && group(CHECKPOINT | NO_CHECKPOINT, NO_CHECKPOINT)
        && (!asks(MANAGED_SAVE | NO_MANAGED_SAVE)
            || group(MANAGED_SAVE | NO_MANAGED_SAVE, saved(connect, domain)));
  }

  private boolean asks(int group) {
    return (flags & group) != 0;
  }

  private boolean group(int group, int bit) {
    return !asks(group) || (flags & bit) != 0;
  }

  private static int state(DomainState state) {
    return switch (state) {
      case RUNNING -> RUNNING;
      case PAUSED -> PAUSED;
      case SHUTOFF -> SHUTOFF;
      default -> OTHER;
    };
  }

  private static int saved(Connect connect, DomainSummary domain) throws VirtException {
    SaveVerbs verbs = connect.domain(domain.id()).facet(SaveVerbs.class);
    return Absent.asFalse(verbs::hasManagedSaveImage) ? MANAGED_SAVE : NO_MANAGED_SAVE;
  }

  private static int snapshots(Connect connect, DomainSummary domain) throws VirtException {
    SnapshotVerbs verbs = connect.domain(domain.id()).facet(SnapshotVerbs.class);
    return Absent.asEmpty(verbs::snapshots).isEmpty() ? NO_SNAPSHOT : SNAPSHOT;
  }
}
