package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.Flag;
import org.virt.rpc.XdrStruct;

/** Asks for figures of many machines in one call. */
record BulkCalls(Far far) implements BulkStatistics {
  @Override
  public List<DomainStats> domainStats(
      List<DomainId> domains, Set<StatsGroup> groups, Set<StatsFilter> filters)
      throws VirtException {
    List<XdrStruct> named = new ArrayList<>();
    for (DomainId id : domains) {
      named.add(far.domain(id));
    }
    return far
        .call("connect_get_all_domain_stats", named, Flag.word(groups), Flag.word(filters))
        .structs("retStats")
        .stream()
        .map(BulkCalls::stats)
        .toList();
  }

  private static DomainStats stats(XdrStruct record) {
    XdrStruct domain = record.struct("dom");
    return new DomainStats(Far.id(domain), domain.text("name"), Parameters.of(record));
  }
}
