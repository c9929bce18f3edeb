package org.virt.api.domain;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.VirtException;

/** Facet of a connection: figures of many machines in one pass. */
@ConsumerType
public interface BulkStatistics {
  /**
   * Returns figures, named as libvirt names them ({@code cpu.time}, {@code block.0.name}).
   *
   * @param domains which machines; empty: all
   * @param groups which figures; empty: all that there are
   * @param filters which of the machines; of state and of persistence either is enough
   */
  default List<DomainStats> domainStats(
      List<DomainId> domains, Set<StatsGroup> groups, Set<StatsFilter> filters)
      throws VirtException {
    throw Unsupported.verb("virConnectGetAllDomainStats");
  }

  /**
   * Figures of one machine.
   *
   * @param domain which
   * @param name its name
   * @param parameters the figures
   */
  record DomainStats(DomainId domain, String name, TypedParameters parameters) {}

  /** Groups of figures ({@code virDomainStatsTypes}). */
  enum StatsGroup implements Flag {
    STATE(1),
    CPU_TOTAL(2),
    BALLOON(4),
    VCPU(8),
    INTERFACE(16),
    BLOCK(32),
    PERF(64),
    IOTHREAD(128),
    MEMORY(256),
    DIRTYRATE(512),
    VM(1024);

    private final int bit;

    StatsGroup(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** Filters ({@code virConnectGetAllDomainStatsFlags}). */
  enum StatsFilter implements Flag {
    ACTIVE(1),
    INACTIVE(2),
    PERSISTENT(4),
    TRANSIENT(8),
    RUNNING(16),
    PAUSED(32),
    SHUTOFF(64),
    OTHER(128),
    NOWAIT(1 << 29),
    BACKING(1 << 30),
    ENFORCE(1 << 31);

    private final int bit;

    StatsFilter(int bit) {
      this.bit = bit;
    }

    /** Says whether filters let a machine pass; of state and of persistence either is enough. */
    public static boolean accepts(Set<StatsFilter> filters, DomainSummary domain) {
      DomainState state = domain.status().state();
      boolean kept = domain.persistence() != DomainSummary.Persistence.TRANSIENT;
      StatsFilter word =
          switch (state) {
            case RUNNING -> RUNNING;
            case PAUSED -> PAUSED;
            case SHUTOFF -> SHUTOFF;
            default -> OTHER;
          };
      return either(filters, Set.of(ACTIVE, INACTIVE), domain.isActive() ? ACTIVE : INACTIVE)
          && either(filters, Set.of(PERSISTENT, TRANSIENT), kept ? PERSISTENT : TRANSIENT)
          && either(filters, Set.of(RUNNING, PAUSED, SHUTOFF, OTHER), word);
    }

    private static boolean either(Set<StatsFilter> given, Set<StatsFilter> of, StatsFilter is) {
      return given.stream().noneMatch(of::contains) || given.contains(is);
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
