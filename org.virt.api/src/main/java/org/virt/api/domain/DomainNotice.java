package org.virt.api.domain;

import java.util.Locale;
import org.virt.api.DomainId;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;

/**
 * Something that happened to a machine beside its life cycle, of which {@link
 * org.virt.api.DomainEvent} tells. Each kind is one of libvirt's ({@code virDomainEventID}) and
 * carries what its callback gets; numbers of enums are their ordinals unless said otherwise.
 */
public sealed interface DomainNotice {
  /** Returns which machine. */
  Subject subject();

  /** Returns the kind of event. */
  Type type();

  /** A machine, and its name at that moment. */
  record Subject(DomainId id, String name) {}

  /** Kinds of events, with libvirt's numbers. */
  enum Type {
    REBOOT(1),
    RTC_CHANGE(2),
    WATCHDOG(3),
    IO_ERROR(4),
    GRAPHICS(5),
    IO_ERROR_REASON(6),
    CONTROL_ERROR(7),
    BLOCK_JOB(8),
    DISK_CHANGE(9),
    TRAY_CHANGE(10),
    PM_WAKEUP(11),
    PM_SUSPEND(12),
    BALLOON_CHANGE(13),
    PM_SUSPEND_DISK(14),
    DEVICE_REMOVED(15),
    BLOCK_JOB_2(16),
    TUNABLE(17),
    AGENT_LIFECYCLE(18),
    DEVICE_ADDED(19),
    MIGRATION_ITERATION(20),
    JOB_COMPLETED(21),
    DEVICE_REMOVAL_FAILED(22),
    METADATA_CHANGE(23),
    BLOCK_THRESHOLD(24),
    MEMORY_FAILURE(25),
    MEMORY_DEVICE_SIZE_CHANGE(26);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    /** Returns libvirt's number. */
    public int number() {
      return number;
    }

    /** Returns virsh's word, such as {@code block-job-2}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * An event of which its type is all: {@code REBOOT}, {@code CONTROL_ERROR}, {@code PM_WAKEUP},
   * {@code PM_SUSPEND}, {@code PM_SUSPEND_DISK}.
   */
  record Plain(Subject subject, Type type) implements DomainNotice {}

  /** The guest set its clock to so many seconds from the host's. */
  record RtcChange(Subject subject, long offset) implements DomainNotice {
    @Override
    public Type type() {
      return Type.RTC_CHANGE;
    }
  }

  /** The watchdog bit. */
  record Watchdog(Subject subject, Action action) implements DomainNotice {
    /** What it does. */
    public enum Action {
      NONE,
      PAUSE,
      RESET,
      POWEROFF,
      SHUTDOWN,
      DEBUG,
      INJECTNMI
    }

    @Override
    public Type type() {
      return Type.WATCHDOG;
    }
  }

  /**
   * A disk failed; told twice, as {@code IO_ERROR} and as {@code IO_ERROR_REASON}.
   *
   * @param path the image
   * @param alias the device
   * @param reason such as {@code enospc}, or empty
   */
  record IoError(
      Subject subject, Type type, String path, String alias, Action action, String reason)
      implements DomainNotice {
    /** What the machine does then. */
    public enum Action {
      NONE,
      PAUSE,
      REPORT
    }
  }

  /** Somebody came to or left a screen. */
  record Graphics(
      Subject subject, Phase phase, Endpoint local, Endpoint remote, String authentication)
      implements DomainNotice {
    /** What happened. */
    public enum Phase {
      CONNECT,
      INITIALIZE,
      DISCONNECT
    }

    /** One end; the family is {@code ipv4} (0), {@code ipv6} (1) or {@code unix} (2). */
    public record Endpoint(int family, String node, String service) {}

    @Override
    public Type type() {
      return Type.GRAPHICS;
    }
  }

  /**
   * A job on a disk is in another state; told twice, as {@code BLOCK_JOB} with the image and as
   * {@code BLOCK_JOB_2} with the disk's target.
   */
  record BlockJob(Subject subject, Type type, String disk, BlockJobType job, Status status)
      implements DomainNotice {
    /** The state. */
    public enum Status {
      COMPLETED,
      FAILED,
      CANCELED,
      READY
    }
  }

  /** A disk that was missing at the start was left out or its medium dropped. */
  record DiskChange(Subject subject, String oldPath, String newPath, String alias, Reason reason)
      implements DomainNotice {
    /** Why. */
    public enum Reason {
      CHANGED,
      DROPPED
    }

    @Override
    public Type type() {
      return Type.DISK_CHANGE;
    }
  }

  /** A drive was opened or closed. */
  record TrayChange(Subject subject, String alias, Reason reason) implements DomainNotice {
    /** Which of both. */
    public enum Reason {
      OPENED,
      CLOSED
    }

    @Override
    public Type type() {
      return Type.TRAY_CHANGE;
    }
  }

  /** The guest has so much memory now. */
  record BalloonChange(Subject subject, long kib) implements DomainNotice {
    @Override
    public Type type() {
      return Type.BALLOON_CHANGE;
    }
  }

  /** A device came or went, or stays: by type. */
  record Device(Subject subject, Type type, String alias) implements DomainNotice {}

  /** Something was tuned. */
  record Tunable(Subject subject, TypedParameters parameters) implements DomainNotice {
    @Override
    public Type type() {
      return Type.TUNABLE;
    }
  }

  /** The guest's agent came or went. */
  record AgentLifecycle(Subject subject, State state, Reason reason) implements DomainNotice {
    /** Whether it is there; libvirt's numbers begin with 1. */
    public enum State {
      CONNECTED,
      DISCONNECTED
    }

    /** Why it is told. */
    public enum Reason {
      UNKNOWN,
      DOMAIN_STARTED,
      CHANNEL
    }

    @Override
    public Type type() {
      return Type.AGENT_LIFECYCLE;
    }
  }

  /** A migration passes over memory once more. */
  record MigrationIteration(Subject subject, int iteration) implements DomainNotice {
    @Override
    public Type type() {
      return Type.MIGRATION_ITERATION;
    }
  }

  /** A job of the machine is over. */
  record JobCompleted(Subject subject, TypedParameters parameters) implements DomainNotice {
    @Override
    public Type type() {
      return Type.JOB_COMPLETED;
    }
  }

  /** A note about the machine was changed; of elements with their namespace. */
  record MetadataChange(Subject subject, MetadataVerbs.Kind kind, String uri)
      implements DomainNotice {
    @Override
    public Type type() {
      return Type.METADATA_CHANGE;
    }
  }

  /** A disk was written beyond what somebody asked to be told of. */
  record BlockThreshold(Subject subject, String disk, String path, long threshold, long excess)
      implements DomainNotice {
    @Override
    public Type type() {
      return Type.BLOCK_THRESHOLD;
    }
  }

  /** The host's memory failed under the machine; flags: 1 action required, 2 recursive. */
  record MemoryFailure(Subject subject, Recipient recipient, Action action, int flags)
      implements DomainNotice {
    /** Whose memory. */
    public enum Recipient {
      HYPERVISOR,
      GUEST
    }

    /** What was done. */
    public enum Action {
      IGNORE,
      INJECT,
      FATAL,
      RESET
    }

    @Override
    public Type type() {
      return Type.MEMORY_FAILURE;
    }
  }

  /** A memory device has another size, bytes. */
  record MemoryDeviceSizeChange(Subject subject, String alias, long bytes) implements DomainNotice {
    @Override
    public Type type() {
      return Type.MEMORY_DEVICE_SIZE_CHANGE;
    }
  }
}
