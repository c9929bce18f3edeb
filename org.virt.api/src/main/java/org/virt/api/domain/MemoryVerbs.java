package org.virt.api.domain;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: its memory. */
@ConsumerType
public interface MemoryVerbs {
  /** Sets what it has now, KiB; in the run by its balloon, which takes its time. */
  default void setMemory(long kib, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainSetMemory");
  }

  /** Sets the most that it may have, KiB. */
  default void setMaxMemory(long kib, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainSetMaxMemory");
  }

  /** Sets how often the balloon asks the guest, in seconds; 0 never. */
  default void setMemoryStatsPeriod(int seconds, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainSetMemoryStatsPeriod");
  }

  /** Returns what guest and host say of its memory. */
  default List<MemoryStat> memoryStats() throws VirtException {
    throw Unsupported.verb("virDomainMemoryStats");
  }

  /**
   * One figure.
   *
   * @param tag which one
   * @param value KiB, but for counts, times and caches
   */
  record MemoryStat(Tag tag, long value) {}

  /** Figures of memory ({@code virDomainMemoryStatTags}); libvirt's numbers are the ordinals. */
  enum Tag {
    SWAP_IN,
    SWAP_OUT,
    MAJOR_FAULT,
    MINOR_FAULT,
    UNUSED,
    AVAILABLE,
    ACTUAL,
    RSS,
    USABLE,
    LAST_UPDATE,
    DISK_CACHES,
    HUGETLB_PGALLOC,
    HUGETLB_PGFAIL;

    /** Returns virsh's word. */
    public String text() {
      return switch (this) {
        case LAST_UPDATE -> "last_update";
        case DISK_CACHES -> "disk_caches";
        case HUGETLB_PGALLOC -> "hugetlb_pgalloc";
        case HUGETLB_PGFAIL -> "hugetlb_pgfail";
        default -> name().toLowerCase(java.util.Locale.ROOT);
      };
    }
  }
}
