package org.virt.driver.test.internal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.Creation;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.SecretVerbs;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.network.Networks;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolumes;
import org.virt.model.domain.DomainXml;

/** What the driver has beyond the common verbs, for one connection. */
final class TestFacets {
  private static final Logger LOG = LoggerFactory.getLogger(TestFacets.class);

  private final TestHost host;
  private final Map<Class<?>, Object> ofConnection;
  private final Map<Class<?>, Function<DomainId, Object>> ofDomain;

  /** Machines that end with the connection. */
  private final Set<DomainId> mortal = ConcurrentHashMap.newKeySet();

  TestFacets(TestHost host) {
    this.host = host;
    TestSavedImages images = new TestSavedImages(host);
    this.ofConnection =
        Map.of(
            SavedImages.class, images,
            Creation.class, new TestCreation(host, mortal),
            BulkStatistics.class, new TestBulk(host),
            HostStatistics.class, new TestHostStatistics(),
            CpuModels.class, new TestCpuModels(),
            Networks.class, host.networks(),
            StoragePools.class, host.pools(),
            StorageVolumes.class, new TestVolumes(host.pools()));
    this.ofDomain =
        Map.ofEntries(
            Map.entry(LifeVerbs.class, id -> new TestLife(host, id, mortal)),
            Map.entry(SaveVerbs.class, id -> new TestSaves(host, id)),
            Map.entry(MetadataVerbs.class, id -> new TestNotes(host, id)),
            Map.entry(MemoryVerbs.class, id -> new TestMemory(host, id)),
            Map.entry(VcpuVerbs.class, id -> new TestVcpus(host, id)),
            Map.entry(IoThreadVerbs.class, id -> new TestIoThreads(host, id)),
            Map.entry(TuningVerbs.class, id -> new TestTuning(host, id)),
            Map.entry(StatisticsVerbs.class, id -> new TestStatistics(host, id)),
            Map.entry(DeviceVerbs.class, id -> new TestDevices(host, id)),
            Map.entry(JobVerbs.class, id -> new TestJobs(host, id)),
            Map.entry(AgentVerbs.class, id -> new TestAgent(host, id)),
            Map.entry(SecretVerbs.class, this::secrets),
            Map.entry(ScreenVerbs.class, id -> new TestScreen(host, id)),
            Map.entry(SnapshotVerbs.class, id -> new TestSnapshots(host, id)));
  }

  private SecretVerbs secrets(DomainId id) {
    return view -> host.xml(id, view, DomainXml::print);
  }

  <F> Optional<F> find(Class<F> type) {
    return Optional.ofNullable(ofConnection.get(type)).map(type::cast);
  }

  <F> Optional<F> find(Class<F> type, DomainId domain) {
    return Optional.ofNullable(ofDomain.get(type)).map(make -> type.cast(make.apply(domain)));
  }

  void close() {
    for (DomainId id : mortal) {
      try {
        host.destroy(id);
      } catch (VirtException e) {
        LOG.debug("not ended with its connection: {}", e.getMessage());
      }
    }
    mortal.clear();
  }
}
