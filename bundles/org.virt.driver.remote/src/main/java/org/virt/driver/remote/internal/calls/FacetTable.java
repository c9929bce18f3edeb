package org.virt.driver.remote.internal.calls;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.Creation;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.Flag;
import org.virt.api.domain.HostCpuVerbs;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MigrationVerbs;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.SecretVerbs;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.host.HostInterfaces;
import org.virt.api.host.NodeDevices;
import org.virt.api.host.Secrets;
import org.virt.api.network.Networks;
import org.virt.api.nwfilter.Filters;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolumes;

/** All facets: whether the other end has one is told by its calls. */
public final class FacetTable {
  private static final Map<Class<?>, Function<Far, Object>> OF_CONNECTIONS =
      Map.ofEntries(
          Map.entry(BulkStatistics.class, BulkCalls::new),
          Map.entry(StoragePools.class, PoolCalls::new),
          Map.entry(StorageVolumes.class, VolumeCalls::new),
          Map.entry(CpuModels.class, CpuModelCalls::new),
          Map.entry(Creation.class, FacetTable::creation),
          Map.entry(Filters.class, FilterCalls::new),
          Map.entry(HostInterfaces.class, InterfaceCalls::new),
          Map.entry(HostStatistics.class, HostStatisticsCalls::new),
          Map.entry(Networks.class, NetworkCalls::new),
          Map.entry(NodeDevices.class, NodeDeviceCalls::new),
          Map.entry(SavedImages.class, SavedImageCalls::new),
          Map.entry(Secrets.class, SecretCalls::new));

  private static final Map<Class<?>, Function<FarDomain, Object>> OF_MACHINES =
      Map.ofEntries(
          Map.entry(AgentVerbs.class, AgentCalls::new),
          Map.entry(BlockJobVerbs.class, BlockJobCalls::new),
          Map.entry(DeviceVerbs.class, DeviceCalls::new),
          Map.entry(IoThreadVerbs.class, IoThreadCalls::new),
          Map.entry(JobVerbs.class, JobCalls::new),
          Map.entry(LifeVerbs.class, LifeCalls::new),
          Map.entry(MemoryVerbs.class, MemoryCalls::new),
          Map.entry(MetadataVerbs.class, MetadataCalls::new),
          Map.entry(MigrationVerbs.class, MigrationCalls::new),
          Map.entry(QemuVerbs.class, QemuCalls::new),
          Map.entry(SaveVerbs.class, SaveCalls::new),
          Map.entry(ScreenVerbs.class, ScreenCalls::new),
          Map.entry(SecretVerbs.class, FacetTable::secrets),
          Map.entry(HostCpuVerbs.class, FacetTable::hostCpu),
          Map.entry(SnapshotVerbs.class, SnapshotCalls::new),
          Map.entry(StatisticsVerbs.class, StatisticsCalls::new),
          Map.entry(TuningVerbs.class, TuningCalls::new),
          Map.entry(VcpuVerbs.class, VcpuCalls::new));

  private FacetTable() {}

  /** Returns all kinds of facets. */
  public static Set<Class<?>> kinds() {
    Set<Class<?>> kinds = new HashSet<>(OF_CONNECTIONS.keySet());
    kinds.addAll(OF_MACHINES.keySet());
    return kinds;
  }

  /** Returns what the connection has of a kind. */
  public static <F> Optional<F> facet(Class<F> type, Far far) {
    return Optional.ofNullable(OF_CONNECTIONS.get(type)).map(make -> type.cast(make.apply(far)));
  }

  /** Returns what a machine has of a kind. */
  public static <F> Optional<F> facet(Class<F> type, Far far, DomainId id) {
    return Optional.ofNullable(OF_MACHINES.get(type))
        .map(make -> type.cast(make.apply(new FarDomain(far, id))));
  }

  private static SecretVerbs secrets(FarDomain domain) {
    return view -> DomainCalls.xml(domain, view, DomainCalls.XML_SECURE);
  }

  private static HostCpuVerbs hostCpu(FarDomain domain) {
    return new HostCpuVerbs() {
      @Override
      public String xmlWithHostCpu(XmlView view) throws VirtException {
        return DomainCalls.xml(domain, view, DomainCalls.XML_UPDATE_CPU);
      }

      @Override
      public String secretXmlWithHostCpu(XmlView view) throws VirtException {
        return DomainCalls.xml(domain, view, DomainCalls.XML_UPDATE_CPU | DomainCalls.XML_SECURE);
      }
    };
  }

  private static Creation creation(Far far) {
    DomainCalls calls = new DomainCalls(far);
    return new Creation() {
      @Override
      public DomainId createXml(String xml, Set<LifeVerbs.StartFlag> flags) throws VirtException {
        return calls.create(xml, Flag.word(flags));
      }

      @Override
      public DomainId defineValid(String xml) throws VirtException {
        return calls.defineValid(xml);
      }
    };
  }
}
