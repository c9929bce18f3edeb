package org.virt.api.domain;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.DomainState;
import org.virt.api.VirtException;

/**
 * Facet of a machine: its snapshots. A snapshot that does not exist: {@code NO_DOMAIN_SNAPSHOT}.
 */
@ConsumerType
public interface SnapshotVerbs {
  /** Returns all snapshots, each after its parent. */
  default List<Snapshot> snapshots() throws VirtException {
    throw Unsupported.verb("virDomainListAllSnapshots");
  }

  /**
   * Takes a snapshot and returns its name.
   *
   * @param xml libvirt's formatsnapshot; without a name the driver chooses one
   */
  default String createSnapshot(String xml, Set<SnapshotFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainSnapshotCreateXML");
  }

  /** Returns a snapshot's XML. */
  default String snapshotXml(String name) throws VirtException {
    throw Unsupported.verb("virDomainSnapshotGetXMLDesc");
  }

  /** Brings the machine back to a snapshot. */
  default void revertToSnapshot(String name, Set<RevertFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainRevertToSnapshot");
  }

  /** Deletes a snapshot; the machine stays as it is. */
  default void deleteSnapshot(String name, Set<DeleteFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainSnapshotDelete");
  }

  /**
   * One snapshot.
   *
   * @param name unique within the machine
   * @param parent the one before it; empty for the first
   * @param description what a person noted; empty for nothing
   * @param created when it was taken
   * @param state what the machine did then
   * @param place whether the machine goes on from it
   */
  record Snapshot(
      String name,
      Optional<String> parent,
      String description,
      Instant created,
      DomainState state,
      Place place) {
    public Snapshot {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(parent, "parent");
      Objects.requireNonNull(description, "description");
      Objects.requireNonNull(created, "created");
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(place, "place");
    }
  }

  /** Where a snapshot is. */
  enum Place {
    /** The machine goes on from it. */
    CURRENT,
    /** Anywhere else in the tree. */
    ELSEWHERE
  }

  /** How a snapshot is taken ({@code virDomainSnapshotCreateFlags}). */
  enum SnapshotFlag implements Flag {
    REDEFINE(1),
    CURRENT(2),
    NO_METADATA(4),
    HALT(8),
    /** Without memory. */
    DISK_ONLY(16),
    REUSE_EXT(32),
    /** File systems are at rest, by the guest's tools. */
    QUIESCE(64),
    ATOMIC(128),
    LIVE(256),
    VALIDATE(512);

    private final int bit;

    SnapshotFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** How a machine goes back ({@code virDomainSnapshotRevertFlags}). */
  enum RevertFlag implements Flag {
    RUNNING(1),
    PAUSED(2),
    FORCE(4),
    RESET_NVRAM(8);

    private final int bit;

    RevertFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** What is deleted ({@code virDomainSnapshotDeleteFlags}). */
  enum DeleteFlag implements Flag {
    /** And all that come after it. */
    CHILDREN(1),
    METADATA_ONLY(2),
    /** Only those that come after it. */
    CHILDREN_ONLY(4);

    private final int bit;

    DeleteFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
