package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.BulkStatistics.DomainStats;
import org.virt.api.domain.BulkStatistics.StatsFilter;
import org.virt.api.domain.BulkStatistics.StatsGroup;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.JobVerbs.JobType;
import org.virt.api.domain.JobVerbs.Which;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MemoryVerbs.MemoryStat;
import org.virt.api.domain.MemoryVerbs.Tag;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.DeleteFlag;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.Snapshot;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.xml.SafeXml;
import org.virt.test.contract.EventLog;

/** A single host, as VMware's own simulator of the API shows one. */
class EsxSimulatorTest extends SimulatorCase {
  private DomainId machine(DomainState wanted) throws VirtException {
    DomainSummary found = connection.domains().get(0);
    if (found.status().state() != DomainState.SHUTOFF) {
      connection.destroy(found.id());
    }
    if (wanted != DomainState.SHUTOFF) {
      connection.start(found.id());
    }
    if (wanted == DomainState.PAUSED) {
      connection.suspend(found.id());
    }
    return found.id();
  }

  private DomainState state(DomainId id) throws VirtException {
    return connection.summary(id).status().state();
  }

  @Test
  void listsWhatTheHostHas() throws Exception {
    List<DomainSummary> all = connection.domains();
    assertEquals(3, all.size(), all.toString());
    for (DomainSummary one : all) {
      assertEquals(one, connection.summary(one.id()));
    }
  }

  @Test
  void leadsAMachineThroughItsLife() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    connection.start(id);
    assertEquals(DomainState.RUNNING, state(id));
    assertTrue(connection.summary(id).number().isPresent());
    connection.suspend(id);
    assertEquals(DomainState.PAUSED, state(id));
    connection.resume(id);
    connection.reset(id);
    assertEquals(DomainState.RUNNING, state(id));
    connection.shutdown(id);
    assertEquals(DomainState.SHUTOFF, state(id));
    assertTrue(connection.summary(id).number().isEmpty());
  }

  @Test
  void refusesVerbsInTheWrongState() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    for (Executable verb :
        List.<Executable>of(
            () -> connection.destroy(id),
            () -> connection.suspend(id),
            () -> connection.resume(id),
            () -> connection.reset(id),
            () -> connection.shutdown(id),
            () -> connection.reboot(id))) {
      assertTrue(fails(ErrorCode.OPERATION_INVALID, verb).contains("shut off"));
    }
    connection.start(id);
    fails(ErrorCode.OPERATION_INVALID, () -> connection.start(id));
    fails(ErrorCode.OPERATION_INVALID, () -> connection.undefine(id));
  }

  @Test
  void saysWhichMachineIsNotThere() {
    DomainId id = new DomainId(UUID.randomUUID());
    assertTrue(fails(ErrorCode.NO_DOMAIN, () -> connection.summary(id)).contains(id.toString()));
    fails(ErrorCode.NO_DOMAIN, () -> connection.start(id));
    fails(ErrorCode.NO_DOMAIN, () -> connection.xml(id, XmlView.LIVE));
  }

  @Test
  void tellsSizeAndHost() throws Exception {
    DomainInfo info = connection.info(machine(DomainState.RUNNING));
    assertTrue(info.maxMemoryKiB() > 0 && info.memoryKiB() > 0 && info.vcpus() > 0);
    HypervisorInfo hypervisor = connection.hypervisor();
    assertEquals("ESX", hypervisor.type());
    assertEquals("6.5.0", hypervisor.version().toString());
    NodeInfo node = connection.nodeInfo();
    assertTrue(node.cpus() > 0 && node.memoryKiB() > 0 && node.mhz() > 0, node.toString());
    assertEquals("capabilities", SafeXml.tree("c", connection.capabilities()).name());
  }

  @Test
  void describesAMachineInDomainXml() throws Exception {
    DomainId id = machine(DomainState.RUNNING);
    DomainSummary summary = connection.summary(id);
    String live = connection.xml(id, XmlView.LIVE);
    assertTrue(live.contains("<name>" + summary.name() + "</name>"), live);
    assertTrue(live.contains("<uuid>" + id + "</uuid>"), live);
    assertTrue(live.contains(" id='" + summary.number().getAsInt() + "'"), live);
    assertTrue(live.contains("<source file='[LocalDS_0] "), live);
    assertTrue(live.contains("<source bridge='VM Network'/>"), live);
    assertFalse(connection.xml(id, XmlView.INACTIVE).contains(" id='"));
  }

  @Test
  void changesNameMemoryAndVcpus() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    String name = "50% of a/b + c";
    connection.facet(LifeVerbs.class, id).orElseThrow().rename(name);
    assertEquals(name, connection.summary(id).name());
    connection.facet(LifeVerbs.class, id).orElseThrow().rename("plain");
    connection.facet(MemoryVerbs.class, id).orElseThrow().setMaxMemory(65_537, Affects.CURRENT);
    connection.facet(MemoryVerbs.class, id).orElseThrow().setMemory(32_768, Affects.CURRENT);
    connection.start(id);
    assertEquals(32_768, connection.info(id).memoryKiB());
    connection.destroy(id);
    connection.facet(VcpuVerbs.class, id).orElseThrow().setVcpus(3, Affects.CURRENT, Set.of());
    DomainInfo info = connection.info(id);
    assertEquals(68 << 10, info.maxMemoryKiB());
    assertEquals(3, info.vcpus());
    TuningVerbs tuning = connection.facet(TuningVerbs.class, id).orElseThrow();
    TypedParameters share =
        TypedParameters.builder().llong("limit", 500).integer("shares", -3).build();
    tuning.setParameters(Area.SCHEDULER, share, Affects.CURRENT);
    TypedParameters now = tuning.parameters(Area.SCHEDULER, Affects.CURRENT);
    assertEquals(500, now.number("limit").orElseThrow());
    assertEquals(-3, now.number("shares").orElseThrow());
  }

  @Test
  void keepsATreeOfSnapshots() throws Exception {
    DomainId id = machine(DomainState.RUNNING);
    SnapshotVerbs verbs = connection.facet(SnapshotVerbs.class, id).orElseThrow();
    verbs.createSnapshot("<domainsnapshot><name>a</name></domainsnapshot>", Set.of());
    verbs.createSnapshot(
        "<domainsnapshot><name>b</name><description>d</description></domainsnapshot>", Set.of());
    List<Snapshot> all = verbs.snapshots();
    assertEquals(List.of("a", "b"), all.stream().map(Snapshot::name).toList());
    assertEquals("a", all.get(1).parent().orElseThrow());
    assertEquals(Place.CURRENT, all.get(1).place());
    assertTrue(verbs.snapshotXml("b").contains("<description>d</description>"));
    fails(ErrorCode.NO_DOMAIN_SNAPSHOT, () -> verbs.snapshotXml("c"));
    verbs.revertToSnapshot("a", Set.of());
    verbs.deleteSnapshot("b", Set.of());
    verbs.deleteSnapshot("a", Set.of(DeleteFlag.CHILDREN));
    assertEquals(List.of(), verbs.snapshots());
  }

  @Test
  void tellsWhatHappens() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    EventLog events = new EventLog(Duration.ofSeconds(10));
    connection.subscribe(events);
    connection.start(id);
    events.await(id, List.of(Kind.STARTED_BOOTED));
    connection.suspend(id);
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.SUSPENDED_PAUSED));
    connection.resume(id);
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.SUSPENDED_PAUSED, Kind.RESUMED_UNPAUSED));
    connection.destroy(id);
    events.await(
        id,
        List.of(
            Kind.STARTED_BOOTED,
            Kind.SUSPENDED_PAUSED,
            Kind.RESUMED_UNPAUSED,
            Kind.STOPPED_SHUTDOWN));
  }

  @Test
  void tellsFiguresOfAllMachinesWithTwoRequests() throws Exception {
    DomainId id = machine(DomainState.RUNNING);
    BulkStatistics statistics = connection.facet(BulkStatistics.class).orElseThrow();
    List<DomainStats> all = statistics.domainStats(List.of(), Set.of(), Set.of());
    assertEquals(3, all.size());
    DomainStats one =
        all.stream().filter(stats -> stats.domain().equals(id)).findFirst().orElseThrow();
    assertEquals(1, one.parameters().number("state.state").orElseThrow());
    for (String name : List.of("cpu.time", "balloon.rss", "balloon.maximum", "vcpu.current")) {
      assertTrue(one.parameters().number(name).isPresent(), name + " of " + one);
    }
    connection.destroy(id);
    all = statistics.domainStats(List.of(id), Set.of(StatsGroup.CPU_TOTAL), Set.of());
    assertTrue(all.get(0).parameters().isEmpty(), all.toString());
    assertEquals(2, statistics.domainStats(List.of(), Set.of(), Set.of(StatsFilter.ACTIVE)).size());
  }

  @Test
  void tellsMemoryOfAMachine() throws Exception {
    DomainId id = machine(DomainState.RUNNING);
    MemoryVerbs verbs = connection.facet(MemoryVerbs.class, id).orElseThrow();
    assertEquals(
        List.of(Tag.ACTUAL, Tag.RSS), verbs.memoryStats().stream().map(MemoryStat::tag).toList());
    connection.destroy(id);
    fails(ErrorCode.OPERATION_INVALID, verbs::memoryStats);
  }

  @Test
  void hasNoJobWhereNothingIsDone() throws Exception {
    DomainId id = machine(DomainState.SHUTOFF);
    JobVerbs verbs = connection.facet(JobVerbs.class, id).orElseThrow();
    assertEquals(JobType.NONE, verbs.jobStats(Which.RUNNING).type());
    fails(ErrorCode.OPERATION_INVALID, verbs::abortJob);
  }
}
