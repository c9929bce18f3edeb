package org.virt.driver.esx.internal;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.virt.api.DomainId;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MigrationVerbs;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.host.HostInterfaces;
import org.virt.api.network.Networks;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolumes;

/** What the driver has beyond the common verbs. */
final class EsxFacets {
  private final Map<Class<?>, Object> ofConnection;
  private final Map<Class<?>, Function<DomainId, Object>> ofDomain;

  EsxFacets(
      Vim vim,
      Inventory place,
      Machines machines,
      Definitions definitions,
      Tasks tasks,
      Optional<Mover> mover) {
    IscsiTargets targets = new IscsiTargets(vim, place);
    this.ofConnection =
        Map.of(
            StoragePools.class, new Datastores(vim, place, targets),
            StorageVolumes.class, new Volumes(vim, place, tasks, targets),
            Networks.class, new VSwitches(vim, place),
            HostInterfaces.class, new NetworkCards(vim, place),
            HostStatistics.class, new HostFigures(vim, place),
            BulkStatistics.class, new BulkFigures(machines));
    Resize resize = new Resize(machines, tasks);
    this.ofDomain =
        Map.of(
            LifeVerbs.class, id -> new Life(definitions, id),
            MemoryVerbs.class, id -> new Memory(resize, machines, id),
            VcpuVerbs.class, id -> new Vcpus(resize, machines, id),
            ScreenVerbs.class, id -> new Screen(vim, machines, id),
            JobVerbs.class, id -> new Jobs(vim, machines, id),
            AgentVerbs.class, id -> new Guest(machines, id),
            TuningVerbs.class, id -> new Scheduler(machines, tasks, id),
            MigrationVerbs.class, id -> new Migration(machines, mover, id),
            SnapshotVerbs.class, id -> new Snapshots(machines, tasks, id));
  }

  <F> Optional<F> find(Class<F> type) {
    return Optional.ofNullable(ofConnection.get(type)).map(type::cast);
  }

  <F> Optional<F> find(Class<F> type, DomainId domain) {
    return Optional.ofNullable(ofDomain.get(type)).map(make -> type.cast(make.apply(domain)));
  }
}
