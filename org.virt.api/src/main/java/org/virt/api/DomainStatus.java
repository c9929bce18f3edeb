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

  /** Why a machine is in its state; the numbers are those of libvirt's {@code virDomain…Reason}. */
  public enum Reason {
    UNKNOWN(DomainState.NOSTATE, 0, "unknown"),
    BOOTED(DomainState.RUNNING, 1, "booted"),
    MIGRATED(DomainState.RUNNING, 2, "migrated"),
    RESTORED(DomainState.RUNNING, 3, "restored"),
    UNPAUSED(DomainState.RUNNING, 5, "unpaused"),
    SAVE_CANCELED(DomainState.RUNNING, 7, "save canceled"),
    WAKEUP(DomainState.RUNNING, 8, "event wakeup"),
    PAUSED_BY_USER(DomainState.PAUSED, 1, "user"),
    SAVING(DomainState.PAUSED, 3, "saving"),
    DUMPING(DomainState.PAUSED, 4, "dumping"),
    PAUSED_BY_IO_ERROR(DomainState.PAUSED, 5, "I/O error"),
    PAUSED_BY_WATCHDOG(DomainState.PAUSED, 6, "watchdog"),
    SHUTTING_DOWN(DomainState.PAUSED, 8, "shutting down"),
    GUEST_CRASHED(DomainState.PAUSED, 10, "crashed"),
    STARTING_UP(DomainState.PAUSED, 11, "starting up"),
    SHUTDOWN_BY_USER(DomainState.SHUTDOWN, 1, "user"),
    SHUT_DOWN(DomainState.SHUTOFF, 1, "shutdown"),
    DESTROYED(DomainState.SHUTOFF, 2, "destroyed"),
    PROCESS_CRASHED(DomainState.SHUTOFF, 3, "crashed"),
    SAVED(DomainState.SHUTOFF, 5, "saved"),
    START_FAILED(DomainState.SHUTOFF, 6, "failed"),
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
