package org.virt.api.domain;

import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: jobs on its disks. Disks are named by target or source. */
@ConsumerType
public interface BlockJobVerbs {
  /** Fills an image from its backing images, down to but without {@code base}. */
  default void blockPull(String disk, String base, long bytesPerSecond, Set<RebaseFlag> flags)
      throws VirtException {
    throw Unsupported.verb("virDomainBlockRebase");
  }

  /**
   * Copies a disk.
   *
   * @param xml where to: an element {@code disk}
   * @param parameters {@code bandwidth} in bytes/s, {@code granularity}, {@code buf-size}
   */
  default void blockCopy(String disk, String xml, TypedParameters parameters, Set<CopyFlag> flags)
      throws VirtException {
    throw Unsupported.verb("virDomainBlockCopy");
  }

  /** Writes what an image holds into one of its backing images. */
  default void blockCommit(String disk, Commit commit, Set<CommitFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainBlockCommit");
  }

  /** Changes the size that the guest sees, bytes. */
  default void blockResize(String disk, long bytes) throws VirtException {
    throw Unsupported.verb("virDomainBlockResize");
  }

  /** Returns the job that runs on a disk, if there is one. */
  default Optional<BlockJob> blockJobInfo(String disk) throws VirtException {
    throw Unsupported.verb("virDomainGetBlockJobInfo");
  }

  /** Ends the job on a disk. */
  default void blockJobAbort(String disk, Set<AbortFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainBlockJobAbort");
  }

  /** Limits the job on a disk; 0 is no limit. */
  default void blockJobSetSpeed(String disk, long bytesPerSecond) throws VirtException {
    throw Unsupported.verb("virDomainBlockJobSetSpeed");
  }

  /** Tells by an event once a node of a disk ({@code vda[1]}) is written beyond an offset. */
  default void setBlockThreshold(String node, long bytes) throws VirtException {
    throw Unsupported.verb("virDomainSetBlockThreshold");
  }

  /**
   * What is written where.
   *
   * @param base the image written to; empty: the lowest
   * @param top the image that is written; empty: the active one
   * @param bytesPerSecond 0 for no limit
   */
  record Commit(String base, String top, long bytesPerSecond) {}

  /**
   * A job.
   *
   * @param type libvirt's number is the ordinal
   * @param bytesPerSecond its limit, 0 for none
   * @param current how far it is
   * @param end when it is done
   */
  record BlockJob(BlockJobType type, long bytesPerSecond, long current, long end) {}

  /** Kinds of jobs ({@code virDomainBlockJobType}). */
  enum BlockJobType {
    UNKNOWN("Unknown job"),
    PULL("Block Pull"),
    COPY("Block Copy"),
    COMMIT("Block Commit"),
    ACTIVE_COMMIT("Active Block Commit"),
    BACKUP("Backup");

    private final String text;

    BlockJobType(String text) {
      this.text = text;
    }

    /** Returns virsh's words. */
    public String text() {
      return text;
    }
  }

  /** {@code virDomainBlockRebaseFlags}. */
  enum RebaseFlag implements Flag {
    SHALLOW(1),
    REUSE_EXT(2),
    COPY_RAW(4),
    COPY(8),
    RELATIVE(16),
    COPY_DEV(32),
    BANDWIDTH_BYTES(64);

    private final int bit;

    RebaseFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** {@code virDomainBlockCopyFlags}. */
  enum CopyFlag implements Flag {
    SHALLOW(1),
    REUSE_EXT(2),
    TRANSIENT_JOB(4),
    SYNCHRONOUS_WRITES(8);

    private final int bit;

    CopyFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** {@code virDomainBlockCommitFlags}. */
  enum CommitFlag implements Flag {
    SHALLOW(1),
    DELETE(2),
    ACTIVE(4),
    RELATIVE(8),
    BANDWIDTH_BYTES(16);

    private final int bit;

    CommitFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** {@code virDomainBlockJobAbortFlags}. */
  enum AbortFlag implements Flag {
    ASYNC(1),
    PIVOT(2);

    private final int bit;

    AbortFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
