package org.virt.api;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that happened in the life of a machine.
 *
 * @param domain which machine
 * @param name its name at that moment
 * @param kind what happened, and how
 * @param message for a person: the last lines of a process that died, else empty
 */
public record DomainEvent(DomainId domain, String name, Kind kind, String message) {
  public DomainEvent {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(message, "message");
  }

  /** Event and detail with libvirt's numbers ({@code virDomainEventType} and its detail types). */
  public enum Kind {
    DEFINED_ADDED(0, 0, "Defined", "Added"),
    DEFINED_UPDATED(0, 1, "Defined", "Updated"),
    DEFINED_RENAMED(0, 2, "Defined", "Renamed"),
    DEFINED_FROM_SNAPSHOT(0, 3, "Defined", "Snapshot"),
    UNDEFINED_REMOVED(1, 0, "Undefined", "Removed"),
    UNDEFINED_RENAMED(1, 1, "Undefined", "Renamed"),
    STARTED_BOOTED(2, 0, "Started", "Booted"),
    STARTED_MIGRATED(2, 1, "Started", "Migrated"),
    STARTED_RESTORED(2, 2, "Started", "Restored"),
    STARTED_FROM_SNAPSHOT(2, 3, "Started", "Snapshot"),
    STARTED_WAKEUP(2, 4, "Started", "Event wakeup"),
    SUSPENDED_PAUSED(3, 0, "Suspended", "Paused"),
    SUSPENDED_MIGRATED(3, 1, "Suspended", "Migrated"),
    SUSPENDED_IO_ERROR(3, 2, "Suspended", "I/O Error"),
    SUSPENDED_WATCHDOG(3, 3, "Suspended", "Watchdog"),
    SUSPENDED_RESTORED(3, 4, "Suspended", "Restored"),
    SUSPENDED_FROM_SNAPSHOT(3, 5, "Suspended", "Snapshot"),
    SUSPENDED_API_ERROR(3, 6, "Suspended", "API error"),
    SUSPENDED_POSTCOPY(3, 7, "Suspended", "Post-copy"),
    SUSPENDED_POSTCOPY_FAILED(3, 8, "Suspended", "Post-copy Error"),
    RESUMED_UNPAUSED(4, 0, "Resumed", "Unpaused"),
    RESUMED_MIGRATED(4, 1, "Resumed", "Migrated"),
    RESUMED_FROM_SNAPSHOT(4, 2, "Resumed", "Snapshot"),
    RESUMED_POSTCOPY(4, 3, "Resumed", "Post-copy"),
    RESUMED_POSTCOPY_FAILED(4, 4, "Resumed", "Post-copy Error"),
    STOPPED_SHUTDOWN(5, 0, "Stopped", "Shutdown"),
    STOPPED_DESTROYED(5, 1, "Stopped", "Destroyed"),
    STOPPED_CRASHED(5, 2, "Stopped", "Crashed"),
    STOPPED_MIGRATED(5, 3, "Stopped", "Migrated"),
    STOPPED_SAVED(5, 4, "Stopped", "Saved"),
    STOPPED_FAILED(5, 5, "Stopped", "Failed"),
    STOPPED_FROM_SNAPSHOT(5, 6, "Stopped", "Snapshot"),
    SHUTDOWN_FINISHED(6, 0, "Shutdown", "Finished"),
    SHUTDOWN_BY_GUEST(6, 1, "Shutdown", "Finished after guest request"),
    SHUTDOWN_BY_HOST(6, 2, "Shutdown", "Finished after host request"),
    PMSUSPENDED_MEMORY(7, 0, "PMSuspended", "Memory"),
    PMSUSPENDED_DISK(7, 1, "PMSuspended", "Disk"),
    CRASHED_PANICKED(8, 0, "Crashed", "Panicked"),
    CRASHED_CRASHLOADED(8, 1, "Crashed", "Crashloaded");

    private final int type;
    private final int detail;
    private final String typeText;
    private final String detailText;

    Kind(int type, int detail, String typeText, String detailText) {
      this.type = type;
      this.detail = detail;
      this.typeText = typeText;
      this.detailText = detailText;
    }

    /** Returns the kind of libvirt's numbers; absent for one of a newer libvirt. */
    public static Optional<Kind> of(int type, int detail) {
      return Arrays.stream(values())
          .filter(kind -> kind.type == type && kind.detail == detail)
          .findFirst();
    }

    /** Returns libvirt's number of the event. */
    public int type() {
      return type;
    }

    /** Returns libvirt's number of the detail within the event. */
    public int detail() {
      return detail;
    }

    /** Returns virsh's word for the event. */
    public String typeText() {
      return typeText;
    }

    /** Returns virsh's word for the detail. */
    public String detailText() {
      return detailText;
    }
  }
}
