package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.common.process.Command;
import org.virt.test.host.lab.PrivateNetwork;

/** The control groups of machines, in hierarchies of version 1 that are mounted for the test. */
@PrivateNetwork
class QemuGroupsTest extends QemuFixture {
  private static final List<String> CONTROLLERS = List.of("cpu", "cpuacct", "memory", "blkio");

  private final List<String> mounted = new ArrayList<>();

  @TempDir private Path mounts;

  @BeforeEach
  void mount() throws Exception {
    for (String controller : CONTROLLERS) {
      mount(controller);
    }
    restartDriver();
  }

  private void mount(String controller) throws Exception {
    Path folder = Files.createDirectory(mounts.resolve(controller));
    assumeTrue(
        Command.of("mount", "-t", "cgroup", "-o", controller, "none", folder.toString())
            .withLimit(LIMIT)
            .run()
            .ok(),
        "needs the controller " + controller + " of control groups, version 1");
    mounted.add(controller);
  }

  @AfterEach
  void unmount() throws Exception {
    removeMachines();
    assertEquals(List.of(), groups());
    for (String controller : mounted) {
      Command.of("umount", mounts.resolve(controller).toString()).withLimit(LIMIT).run();
    }
  }

  /** Returns the groups of the machine. */
  private List<Path> groups() throws IOException {
    try (Stream<Path> all = Files.find(mounts, 3, (path, is) -> is.isDirectory())) {
      return all.filter(path -> path.toString().endsWith("-" + uuid)).toList();
    }
  }

  private String read(String controller, String file) throws IOException {
    try (Stream<Path> all = groups().stream()) {
      Path group =
          all.filter(path -> path.startsWith(mounts.resolve(controller))).findFirst().orElseThrow();
      return Files.readString(group.resolve(file)).strip();
    }
  }

  private void define(String parts) throws Exception {
    connection.define(QemuMachines.xml("a", uuid, "").replace("<os>", parts + "<os>"));
  }

  private static TypedParameters number(String name, long value) {
    return TypedParameters.builder().ullong(name, value).build();
  }

  @Test
  void hasAGroupOfItsOwnHoweverItEnds() throws Exception {
    define("");
    connection.start(id);
    assertEquals(CONTROLLERS.size(), groups().size());
    String pid = Long.toString(process().pid());
    assertEquals(pid, read("cpu", "cgroup.procs"));
    assertEquals(pid, read("memory", "cgroup.procs"));
    assertEquals("1024", read("cpu", "cpu.shares"));
    assertFalse(verbs(StatisticsVerbs.class).cpuStatsPerCpu().isEmpty());
    connection.destroy(id);
    assertEquals(List.of(), groups());
    connection.start(id);
    killUnseen();
    assertFalse(groups().isEmpty());
    startDriver(home);
    assertEquals(List.of(), groups());
  }

  @Test
  void hasTheShareThatItsDefinitionSays() throws Exception {
    define(
        """
        <vcpu current='1'>2</vcpu>
        <cputune><shares>512</shares><period>50000</period><quota>20000</quota>
        <global_period>100000</global_period><global_quota>80000</global_quota>
        <emulator_period>50000</emulator_period><emulator_quota>30000</emulator_quota></cputune>
        <memtune><hard_limit unit='MiB'>512</hard_limit><soft_limit unit='MiB'>256</soft_limit>
        <swap_hard_limit unit='MiB'>640</swap_hard_limit></memtune>
        """);
    connection.start(id);
    assertEquals("512", read("cpu", "cpu.shares"));
    assertEquals("80000", read("cpu", "cpu.cfs_quota_us"));
    assertEquals("20000", read("cpu", "vcpu0/cpu.cfs_quota_us"));
    assertEquals("50000", read("cpu", "vcpu0/cpu.cfs_period_us"));
    assertEquals("30000", read("cpu", "emulator/cpu.cfs_quota_us"));
    assertEquals(1, read("cpu", "vcpu0/tasks").lines().count());
    assertEquals("", read("cpu", "vcpu1/tasks"));
    assertTrue(read("cpu", "emulator/tasks").lines().count() >= 1);
    assertEquals(Long.toString(512L << 20), read("memory", "memory.limit_in_bytes"));
    assertEquals(Long.toString(640L << 20), read("memory", "memory.memsw.limit_in_bytes"));
    assertEquals(Long.toString(256L << 20), read("memory", "memory.soft_limit_in_bytes"));

    verbs(VcpuVerbs.class).setVcpus(2, Affects.LIVE, Set.of());
    assertEquals(1, read("cpu", "vcpu1/tasks").lines().count());
    assertEquals("20000", read("cpu", "vcpu1/cpu.cfs_quota_us"));
  }

  @Test
  void changesItsShareWhileItRuns() throws Exception {
    define("");
    connection.start(id);
    restartDriver();
    TuningVerbs tuning = verbs(TuningVerbs.class);
    tuning.setParameters(Area.SCHEDULER, number("cpu_shares", 2048), Affects.LIVE);
    assertEquals("2048", read("cpu", "cpu.shares"));
    TypedParameters quota = TypedParameters.builder().llong("vcpu_quota", 30000).build();
    tuning.setParameters(Area.SCHEDULER, quota, Affects.LIVE);
    assertEquals("30000", read("cpu", "vcpu0/cpu.cfs_quota_us"));
    assertEquals(1, read("cpu", "vcpu0/tasks").lines().count());
    TypedParameters threads = TypedParameters.builder().llong("iothread_quota", 10000).build();
    tuning.setParameters(Area.SCHEDULER, threads, Affects.LIVE);
    verbs(IoThreadVerbs.class).addIoThread(1, Affects.LIVE);
    assertEquals("10000", read("cpu", "iothread1/cpu.cfs_quota_us"));
    assertEquals(1, read("cpu", "iothread1/tasks").lines().count());

    tuning.setParameters(Area.MEMORY, number("hard_limit", 512 << 10), Affects.LIVE);
    assertEquals(Long.toString(512L << 20), read("memory", "memory.limit_in_bytes"));
    tuning.setParameters(Area.MEMORY, number("hard_limit", 256 << 10), Affects.LIVE_AND_CONFIG);
    assertEquals(Long.toString(256L << 20), read("memory", "memory.limit_in_bytes"));
    assertTrue(kept().contains("<hard_limit unit='KiB'>262144</hard_limit>"), kept());
    tuning.setParameters(Area.MEMORY, number("hard_limit", Long.MAX_VALUE), Affects.LIVE);
    assertTrue(read("memory", "memory.limit_in_bytes").length() > 15, "no limit");
    String disk = "device_read_bytes_sec";
    TypedParameters throttle =
        TypedParameters.builder().string(disk, "/dev/nothing,1048576").build();
    fails(
        ErrorCode.CONFIG_UNSUPPORTED,
        () -> tuning.setParameters(Area.BLKIO, throttle, Affects.LIVE));
    assertFalse(live().contains("/dev/nothing"), live());
  }

  @Test
  void movesItsMemoryWhileItRuns() throws Exception {
    mount("cpuset");
    restartDriver();
    define("<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='0'/></cputune>");
    connection.start(id);
    TuningVerbs tuning = verbs(TuningVerbs.class);
    TypedParameters nodes = TypedParameters.builder().string("numa_nodeset", "0").build();
    tuning.setParameters(Area.NUMA, nodes, Affects.LIVE_AND_CONFIG);
    assertEquals("0", read("cpuset", "cpuset.mems"));
    assertEquals(Long.toString(process().pid()), read("cpuset", "cgroup.procs"));
    assertEquals("0", verbs(VcpuVerbs.class).vcpus().get(1).affinity().toString());
    assertTrue(live().contains("<memory mode='strict' nodeset='0'/>"), live());
    TypedParameters mode = TypedParameters.builder().integer("numa_mode", 2).build();
    String told =
        fails(
            ErrorCode.OPERATION_INVALID, () -> tuning.setParameters(Area.NUMA, mode, Affects.LIVE));
    assertTrue(told.contains("can't change numatune mode for running domain"), told);
    TypedParameters missing = TypedParameters.builder().string("numa_nodeset", "900").build();
    fails(ErrorCode.SYSTEM_ERROR, () -> tuning.setParameters(Area.NUMA, missing, Affects.LIVE));
    assertTrue(live().contains("nodeset='0'"), live());
    connection.destroy(id);
    connection.start(id);
    assertTrue(live().contains("<memory mode='strict' nodeset='0'/>"), live());
  }

  @Test
  void refusesAShareThatNobodyWouldEnforce() throws Exception {
    stopDriver();
    Command.of("umount", mounts.resolve("memory").toString()).withLimit(LIMIT).require();
    startDriver(home);
    define("<memtune><hard_limit unit='MiB'>512</hard_limit></memtune>");
    String told = fails(ErrorCode.CONFIG_UNSUPPORTED, () -> connection.start(id));
    assertTrue(told.contains("memory of the machine cannot be limited"), told);
    assertFalse(hasProcess());
  }
}
