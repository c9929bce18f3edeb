package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.Plug;
import org.virt.api.domain.VcpuVerbs.Vcpu;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;
import org.virt.test.host.lab.Lab;

/** Threads of a machine one by one: virtual CPUs, those for disks, how each is scheduled. */
class QemuThreadsTest extends QemuFixture {
  private void define(String parts) throws Exception {
    connection.define(QemuMachines.xml("a", uuid, "").replace("<os>", parts + "<os>"));
  }

  private List<Integer> vcpus() throws Exception {
    return verbs(VcpuVerbs.class).vcpus().stream().map(Vcpu::number).toList();
  }

  private static CpuSet set(String numbers) throws Exception {
    return CpuSet.parse(numbers);
  }

  @Test
  void plugsCertainVirtualCpus() throws Exception {
    define("<vcpu current='1'>4</vcpu>");
    connection.start(id);
    VcpuVerbs verbs = verbs(VcpuVerbs.class);
    verbs.setVcpu(set("2"), Plug.IN, Affects.LIVE);
    assertEquals(List.of(0, 2), vcpus());
    assertTrue(
        live().contains("<vcpu id='2' enabled='yes' hotpluggable='yes' order='2'/>"), live());
    assertTrue(kept().contains("<vcpu placement='static' current='1'>4</vcpu>"), kept());
    String told =
        fails(ErrorCode.INVALID_ARG, () -> verbs.setVcpu(set("2"), Plug.IN, Affects.LIVE));
    assertTrue(told.contains("vcpu '2' is already in requested state"), told);
    fails(ErrorCode.INVALID_ARG, () -> verbs.setVcpu(set("9"), Plug.IN, Affects.LIVE));
    fails(ErrorCode.OPERATION_UNSUPPORTED, () -> verbs.setVcpu(set("0"), Plug.OUT, Affects.LIVE));
    fails(ErrorCode.OPERATION_UNSUPPORTED, () -> verbs.setVcpu(set("1,3"), Plug.IN, Affects.LIVE));
    fails(ErrorCode.INVALID_ARG, () -> verbs.setVcpu(set("0"), Plug.IN, Affects.CONFIG));
    verbs.setVcpus(3, Affects.LIVE, Set.of());
    assertEquals(List.of(0, 1, 2), vcpus());
    restartDriver();
    assertEquals(3, verbs(VcpuVerbs.class).vcpusFlags(Affects.LIVE, Set.of()));
    verbs(SaveVerbs.class).managedSave(Set.of());
    connection.start(id);
    assertEquals(List.of(0, 1, 2), vcpus());
    assertTrue(
        live().contains("<vcpu id='1' enabled='yes' hotpluggable='yes' order='3'/>"), live());
  }

  @Test
  void startsWithCertainVirtualCpus() throws Exception {
    define("<vcpu current='1'>4</vcpu>");
    VcpuVerbs verbs = verbs(VcpuVerbs.class);
    verbs.setVcpu(set("2-3"), Plug.IN, Affects.CONFIG);
    verbs.setVcpu(set("3"), Plug.OUT, Affects.CONFIG);
    assertTrue(kept().contains("<vcpu id='2' enabled='yes' hotpluggable='yes'/>"), kept());
    assertEquals(2, verbs.vcpusFlags(Affects.CONFIG, Set.of()));
    connection.start(id);
    assertEquals(List.of(0, 2), vcpus());
    assertTrue(live().contains("<vcpu id='0' enabled='yes' hotpluggable='no' order='1'/>"), live());
    String told =
        fails(
            ErrorCode.OPERATION_UNSUPPORTED, () -> verbs.setVcpu(set("0"), Plug.OUT, Affects.LIVE));
    assertTrue(told.contains("vcpu '0' can't be unplugged"), told);
    verbs.setVcpus(4, Affects.CONFIG, Set.of(VcpuFlag.HOTPLUGGABLE));
    assertTrue(kept().contains("<vcpu id='3' enabled='yes' hotpluggable='yes'/>"), kept());
  }

  @Test
  void keepsVirtualCpusThatAreThereForGood() throws Exception {
    define("<vcpu current='3'>4</vcpu>");
    connection.start(id);
    String told =
        fails(
            ErrorCode.CONFIG_UNSUPPORTED,
            () -> verbs(VcpuVerbs.class).setVcpus(1, Affects.LIVE, Set.of()));
    assertTrue(told.contains("failed to find appropriate hotpluggable vcpus"), told);
    assertEquals(List.of(0, 1, 2), vcpus());
  }

  @Test
  void hasThreadsForDisksByTheirNumbers() throws Exception {
    define(
        """
        <iothreadids><iothread id='3' thread_pool_min='1' thread_pool_max='8'/>
        <iothread id='5'/></iothreadids>
        """);
    connection.start(id);
    IoThreadVerbs threads = verbs(IoThreadVerbs.class);
    assertEquals(
        List.of(3, 5),
        threads.ioThreadInfo(Affects.LIVE).stream().map(IoThreadVerbs.IoThread::number).toList());
    TypedParameters more =
        TypedParameters.builder().uint("thread_pool_min", 10).uint("thread_pool_max", 20).build();
    threads.setIoThreadParams(3, more, Affects.LIVE_AND_CONFIG);
    TypedParameters fewer =
        TypedParameters.builder().uint("thread_pool_max", 4).uint("thread_pool_min", 2).build();
    threads.setIoThreadParams(3, fewer, Affects.LIVE);
    String element = "<iothread id='3' thread_pool_min='%d' thread_pool_max='%d'/>";
    assertTrue(live().contains(element.formatted(2, 4)), live());
    assertTrue(kept().contains(element.formatted(10, 20)), kept());
    TypedParameters poll = TypedParameters.builder().ullong("poll_max_ns", 1000).build();
    threads.setIoThreadParams(5, poll, Affects.LIVE);
    assertTrue(monitor("info iothreads").contains("poll-max-ns=1000"), monitor("info iothreads"));
    String told =
        fails(
            ErrorCode.OPERATION_UNSUPPORTED,
            () -> threads.setIoThreadParams(5, poll, Affects.CONFIG));
    assertTrue(told.contains("configuring persistent polling values is not supported"), told);
    fails(ErrorCode.INVALID_ARG, () -> threads.setIoThreadParams(9, poll, Affects.LIVE));
  }

  @Test
  void schedulesItsThreads() throws Exception {
    define(
        """
        <vcpu current='1'>2</vcpu><iothreads>1</iothreads><cputune>
        <vcpusched vcpus='0-1' scheduler='batch'/><iothreadsched iothreads='1' scheduler='idle'/>
        <emulatorsched scheduler='batch'/></cputune>
        """);
    connection.start(id);
    assertEquals(3, policy("CPU 0"));
    assertEquals(5, policy("IO iothread1"));
    assertEquals(3, policy(Path.of("/proc", Long.toString(process().pid()))));
    assertTrue(otherPolicies().contains(0), "QEMU's own helpers are left alone");
    verbs(VcpuVerbs.class).setVcpus(2, Affects.LIVE, Set.of());
    assertEquals(3, policy("CPU 1"));
  }

  private List<Path> threads(Predicate<String> name) {
    try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(process().pid()), "task"))) {
      return all.filter(thread -> isNamed(thread, name)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNamed(Path thread, Predicate<String> name) {
    try {
      return name.test(Files.readString(thread.resolve("comm")));
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  /** Returns how the kernel schedules the thread whose name begins so; it may get its name late. */
  private int policy(String name) throws IOException {
    Lab.await("there is a thread " + name, () -> !threads(n -> n.startsWith(name)).isEmpty());
    return policy(threads(n -> n.startsWith(name)).get(0));
  }

  /** Of the threads that QEMU had before it knew which names it should give them. */
  private List<Integer> otherPolicies() throws IOException {
    List<Integer> policies = new ArrayList<>();
    for (Path thread : threads(n -> n.startsWith("qemu-system") || n.startsWith("call_rcu"))) {
      policies.add(policy(thread));
    }
    return policies;
  }

  /** Returns how the kernel schedules a thread (proc(5)). */
  private static int policy(Path thread) throws IOException {
    String line = Files.readString(thread.resolve("stat"));
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return Integer.parseInt(fields[POLICY - FIRST_BEHIND]);
  }

  private static final int POLICY = 41;
  private static final int FIRST_BEHIND = 3;
}
