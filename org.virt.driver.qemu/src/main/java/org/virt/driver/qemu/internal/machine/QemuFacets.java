package org.virt.driver.qemu.internal.machine;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.virt.api.DomainId;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.Creation;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.HostCpuVerbs;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.SecretVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.VcpuVerbs;
import org.virt.driver.qemu.internal.cpu.HostModel;
import org.virt.driver.qemu.internal.host.QemuBinaries;

/** What the driver has beyond the common verbs, for one connection. */
final class QemuFacets {
  private final Mortals mortals;
  private final Map<Class<?>, Object> ofConnection;
  private final Map<Class<?>, Function<DomainId, Object>> ofDomain;

  QemuFacets(MachineHost host, QemuBinaries binaries) {
    this.mortals = new Mortals(host);
    HostModel model = new HostModel(binaries.cpus());
    Plugger plugger = new Plugger(host, binaries);
    this.ofConnection =
        Map.of(
            Creation.class, mortals,
            SavedImages.class, new SavedFiles(host),
            BulkStatistics.class, new Bulk(host),
            HostStatistics.class, new HostFigures(binaries),
            CpuModels.class, new Models(binaries));
    this.ofDomain =
        Map.ofEntries(
            Map.entry(LifeVerbs.class, id -> new Life(host, id, mortals)),
            Map.entry(SaveVerbs.class, id -> new Saves(host, id)),
            Map.entry(MetadataVerbs.class, id -> new NoteVerbs(host, id)),
            Map.entry(MemoryVerbs.class, id -> new BalloonVerbs(host, id)),
            Map.entry(VcpuVerbs.class, id -> new CpuVerbs(host, id)),
            Map.entry(IoThreadVerbs.class, id -> new IoThreads(host, id)),
            Map.entry(TuningVerbs.class, id -> new Tunes(host, id)),
            Map.entry(StatisticsVerbs.class, id -> new Figures(host, id)),
            Map.entry(DeviceVerbs.class, id -> new DevicePlugs(host, plugger, id)),
            Map.entry(JobVerbs.class, id -> new Jobs(host, id)),
            Map.entry(BlockJobVerbs.class, id -> new BlockJobs(host, id)),
            Map.entry(AgentVerbs.class, id -> new AgentWork(host, id)),
            Map.entry(QemuVerbs.class, id -> new Straight(host, id)),
            Map.entry(SecretVerbs.class, id -> new SecretXml(host, id)),
            Map.entry(HostCpuVerbs.class, id -> new HostCpuXml(host, model, id)),
            Map.entry(ScreenVerbs.class, id -> new Screens(host, id)));
  }

  <F> Optional<F> find(Class<F> type) {
    return Optional.ofNullable(ofConnection.get(type)).map(type::cast);
  }

  <F> Optional<F> find(Class<F> type, DomainId domain) {
    return Optional.ofNullable(ofDomain.get(type)).map(make -> type.cast(make.apply(domain)));
  }

  void close() {
    mortals.endAll();
  }
}
