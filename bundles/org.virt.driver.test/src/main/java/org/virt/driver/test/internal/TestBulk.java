package org.virt.driver.test.internal;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainSummary;
import org.virt.api.VirtException;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.TypedParameters;

/** Figures of all machines. */
record TestBulk(TestHost host) implements BulkStatistics {
  @Override
  public List<DomainStats> domainStats(
      List<DomainId> domains, Set<StatsGroup> groups, Set<StatsFilter> filters)
      throws VirtException {
    Set<StatsGroup> wanted = groups.isEmpty() ? EnumSet.allOf(StatsGroup.class) : groups;
    List<DomainStats> all = new ArrayList<>();
    for (DomainSummary domain : host.list()) {
      boolean meant = domains.isEmpty() || domains.contains(domain.id());
      if (meant && StatsFilter.accepts(filters, domain)) {
        all.add(new DomainStats(domain.id(), domain.name(), figures(domain, wanted)));
      }
    }
    return all;
  }

  private TypedParameters figures(DomainSummary domain, Set<StatsGroup> wanted)
      throws VirtException {
    TypedParameters.Builder out = TypedParameters.builder();
    DomainInfo info = host.info(domain.id());
    if (wanted.contains(StatsGroup.STATE)) {
      out.integer("state.state", domain.status().state().number());
      out.integer("state.reason", domain.status().reason().number());
    }
    if (wanted.contains(StatsGroup.CPU_TOTAL) && domain.isActive()) {
      out.ullong("cpu.time", info.cpuTime().toNanos());
    }
    if (wanted.contains(StatsGroup.BALLOON)) {
      out.ullong("balloon.current", info.memoryKiB())
          .ullong("balloon.maximum", info.maxMemoryKiB());
    }
    if (wanted.contains(StatsGroup.VCPU)) {
      out.uint("vcpu.current", info.vcpus()).uint("vcpu.maximum", info.vcpus());
    }
    return out.build();
  }
}
