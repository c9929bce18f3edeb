package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.VirtException;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.TypedParameters;
import org.virt.driver.esx.internal.Machines.Listed;
import org.virt.driver.esx.internal.Performance.Counter;
import org.virt.driver.esx.internal.soap.Ref;

/** Figures of all machines: one request for their properties, one for what the host counts. */
final class BulkFigures implements BulkStatistics {
  private final Machines machines;

  BulkFigures(Machines machines) {
    this.machines = machines;
  }

  @Override
  public List<DomainStats> domainStats(
      List<DomainId> domains, Set<StatsGroup> groups, Set<StatsFilter> filters)
      throws VirtException {
    String action = "get statistics of " + machines.host();
    Set<StatsGroup> wanted = groups.isEmpty() ? EnumSet.allOf(StatsGroup.class) : groups;
    List<Listed> meant = new ArrayList<>();
    for (Listed one : machines.listed(action, MachineSize.PROPERTIES)) {
      boolean named = domains.isEmpty() || domains.contains(one.summary().id());
      if (named && StatsFilter.accepts(filters, one.summary())) {
        meant.add(one);
      }
    }
    List<Ref> counted = new ArrayList<>();
    if (wanted.contains(StatsGroup.CPU_TOTAL) || wanted.contains(StatsGroup.BALLOON)) {
      meant.stream().filter(BulkFigures::isRunning).forEach(one -> counted.add(one.found().ref()));
    }
    Map<Ref, Map<Counter, Long>> figures = machines.performance().last(action, counted);
    List<DomainStats> all = new ArrayList<>();
    for (Listed one : meant) {
      Map<Counter, Long> of = figures.getOrDefault(one.found().ref(), Map.of());
      all.add(
          new DomainStats(one.summary().id(), one.summary().name(), parameters(one, wanted, of)));
    }
    return all;
  }

  private static boolean isRunning(Listed one) {
    return one.summary().status().state() == DomainState.RUNNING;
  }

  private static TypedParameters parameters(
      Listed one, Set<StatsGroup> wanted, Map<Counter, Long> figures) {
    TypedParameters.Builder out = TypedParameters.builder();
    MachineSize size = MachineSize.of(one.found());
    if (wanted.contains(StatsGroup.STATE)) {
      out.integer("state.state", one.summary().status().state().number());
      out.integer("state.reason", one.summary().status().reason().number());
    }
    if (wanted.contains(StatsGroup.CPU_TOTAL)) {
      nanoseconds(out, "cpu.time", figures.get(Counter.CPU_USED));
      nanoseconds(out, "cpu.system", figures.get(Counter.CPU_SYSTEM));
    }
    if (wanted.contains(StatsGroup.BALLOON)) {
      long taken = figures.getOrDefault(Counter.MEMORY_BALLOON, 0L);
      out.ullong("balloon.current", Math.max(0, size.limit() - taken));
      out.ullong("balloon.maximum", size.memory());
      if (figures.containsKey(Counter.MEMORY_CONSUMED)) {
        out.ullong("balloon.rss", figures.get(Counter.MEMORY_CONSUMED));
      }
    }
    if (wanted.contains(StatsGroup.VCPU)) {
      out.uint("vcpu.current", size.vcpus()).uint("vcpu.maximum", size.vcpus());
    }
    return out.build();
  }

  private static void nanoseconds(TypedParameters.Builder out, String name, Long millis) {
    if (millis != null) {
      out.ullong(name, millis * 1_000_000);
    }
  }
}
