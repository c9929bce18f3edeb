package org.virt.api.domain;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: the job that runs on it, such as a save, dump or migration. */
@ConsumerType
public interface JobVerbs {
  /** Returns what runs, or with {@link Which#COMPLETED} what ran last. */
  default JobStats jobStats(Which which) throws VirtException {
    throw Unsupported.verb("virDomainGetJobStats");
  }

  /** Has it stop, and the machine go on as before. */
  default void abortJob() throws VirtException {
    throw Unsupported.verb("virDomainAbortJob");
  }

  /** Which job. */
  enum Which {
    RUNNING,
    COMPLETED
  }

  /**
   * A job.
   *
   * @param type its state
   * @param parameters {@code time_elapsed} in ms, {@code memory_total} and the like in bytes,
   *     {@code operation}
   */
  record JobStats(JobType type, TypedParameters parameters) {}

  /** State of a job ({@code virDomainJobType}); libvirt's numbers are the ordinals. */
  enum JobType {
    NONE("None"),
    BOUNDED("Bounded"),
    UNBOUNDED("Unbounded"),
    COMPLETED("Completed"),
    FAILED("Failed"),
    CANCELLED("Cancelled");

    private final String text;

    JobType(String text) {
      this.text = text;
    }

    /** Returns virsh's word. */
    public String text() {
      return text;
    }
  }

  /** What a job does ({@code virDomainJobOperation}); libvirt's numbers are the ordinals. */
  enum JobOperation {
    UNKNOWN("Unknown"),
    START("Start"),
    SAVE("Save"),
    RESTORE("Restore"),
    MIGRATION_IN("Incoming migration"),
    MIGRATION_OUT("Outgoing migration"),
    SNAPSHOT("Snapshot"),
    SNAPSHOT_REVERT("Snapshot revert"),
    DUMP("Dump"),
    BACKUP("Backup"),
    SNAPSHOT_DELETE("Snapshot delete");

    private final String text;

    JobOperation(String text) {
      this.text = text;
    }

    /** Returns virsh's words. */
    public String text() {
      return text;
    }
  }
}
