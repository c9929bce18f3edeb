package org.virt.api;

import java.util.Objects;

/**
 * A state and how the machine came into it.
 *
 * @param state what the machine does
 * @param reason why, one of the constants of the state
 */
public record DomainStatus(DomainState state, Reason reason) {
  public DomainStatus {
    Objects.requireNonNull(state, "state");
    if (reason.state != state && reason != Reason.UNKNOWN) {
      throw new IllegalArgumentException(reason + " is no reason of " + state);
    }
  }

  /** Makes a status from a reason, which implies its state. */
  public static DomainStatus of(Reason reason) {
    return new DomainStatus(reason.state, reason);
  }

  /** Makes a status from libvirt's number of a reason; one of a newer libvirt is unknown. */
  public static DomainStatus of(DomainState state, int reason) {
    for (Reason known : Reason.values()) {
      if (known.state == state && known.number == reason) {
        return new DomainStatus(state, known);
      }
    }
    return new DomainStatus(state, Reason.UNKNOWN);
  }

  /** Why a machine is in its state; the numbers are those of libvirt's {@code virDomain…Reason}. */
  public enum Reason {
    UNKNOWN(DomainState.NOSTATE, 0, "unknown"),
    BOOTED(DomainState.RUNNING, 1, "booted"),
    MIGRATED(DomainState.RUNNING, 2, "migrated"),
    RESTORED(DomainState.RUNNING, 3, "restored"),
    RUNNING_FROM_SNAPSHOT(DomainState.RUNNING, 4, "from snapshot"),
    UNPAUSED(DomainState.RUNNING, 5, "unpaused"),
    MIGRATION_CANCELED(DomainState.RUNNING, 6, "migration canceled"),
    SAVE_CANCELED(DomainState.RUNNING, 7, "save canceled"),
    WAKEUP(DomainState.RUNNING, 8, "event wakeup"),
    RUNNING_AFTER_CRASH(DomainState.RUNNING, 9, "crashed"),
    RUNNING_BY_POSTCOPY(DomainState.RUNNING, 10, "post-copy"),
    RUNNING_POSTCOPY_FAILED(DomainState.RUNNING, 11, "post-copy failed"),
    PAUSED_BY_USER(DomainState.PAUSED, 1, "user"),
    MIGRATING(DomainState.PAUSED, 2, "migrating"),
    SAVING(DomainState.PAUSED, 3, "saving"),
    DUMPING(DomainState.PAUSED, 4, "dumping"),
    PAUSED_BY_IO_ERROR(DomainState.PAUSED, 5, "I/O error"),
    PAUSED_BY_WATCHDOG(DomainState.PAUSED, 6, "watchdog"),
    PAUSED_FROM_SNAPSHOT(DomainState.PAUSED, 7, "from snapshot"),
    SHUTTING_DOWN(DomainState.PAUSED, 8, "shutting down"),
    TAKING_SNAPSHOT(DomainState.PAUSED, 9, "creating snapshot"),
    GUEST_CRASHED(DomainState.PAUSED, 10, "crashed"),
    STARTING_UP(DomainState.PAUSED, 11, "starting up"),
    PAUSED_BY_POSTCOPY(DomainState.PAUSED, 12, "post-copy"),
    PAUSED_POSTCOPY_FAILED(DomainState.PAUSED, 13, "post-copy failed"),
    SHUTDOWN_BY_USER(DomainState.SHUTDOWN, 1, "user"),
    SHUT_DOWN(DomainState.SHUTOFF, 1, "shutdown"),
    DESTROYED(DomainState.SHUTOFF, 2, "destroyed"),
    PROCESS_CRASHED(DomainState.SHUTOFF, 3, "crashed"),
    MIGRATED_AWAY(DomainState.SHUTOFF, 4, "migrated"),
    SAVED(DomainState.SHUTOFF, 5, "saved"),
    START_FAILED(DomainState.SHUTOFF, 6, "failed"),
    SHUTOFF_FROM_SNAPSHOT(DomainState.SHUTOFF, 7, "from snapshot"),
    DAEMON(DomainState.SHUTOFF, 8, "daemon"),
    PANICKED(DomainState.CRASHED, 1, "panicked");

    private final DomainState state;
    private final int number;
    private final String text;

    Reason(DomainState state, int number, String text) {
      this.state = state;
      this.number = number;
      this.text = text;
    }

    /** Returns libvirt's number within the state. */
    public int number() {
      return number;
    }

    /** Returns the words that virsh prints. */
    public String text() {
      return text;
    }
  }
}
