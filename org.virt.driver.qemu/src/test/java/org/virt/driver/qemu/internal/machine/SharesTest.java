package org.virt.driver.qemu.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.driver.qemu.internal.linux.ControlGroups.Version;
import org.virt.model.edit.DomainTree;

class SharesTest {
  private static DomainTree tree(String parts) throws VirtException {
    return DomainTree.of("<domain type='qemu'><vcpu>2</vcpu>" + parts + "</domain>");
  }

  private static List<String> told(String parts, Area area, Version version) throws VirtException {
    return Shares.of(tree(parts), area, version).stream()
        .map(s -> (s.child().isEmpty() ? "" : s.child() + "/") + s.file() + "=" + s.value())
        .toList();
  }

  @Test
  void tellsSharesAndQuotasInBothVersions() throws Exception {
    String tune =
        "<cputune><shares>512</shares><period>50000</period><quota>20000</quota>"
            + "<emulator_quota>-1</emulator_quota><iothread_quota>7000</iothread_quota></cputune>"
            + "<iothreads>1</iothreads>";
    assertEquals(
        List.of(
            "cpu.shares=512",
            "cpu.cfs_period_us=100000",
            "cpu.cfs_quota_us=-1",
            "emulator/cpu.cfs_period_us=100000",
            "emulator/cpu.cfs_quota_us=-1",
            "vcpu0/cpu.cfs_period_us=50000",
            "vcpu0/cpu.cfs_quota_us=20000",
            "vcpu1/cpu.cfs_period_us=50000",
            "vcpu1/cpu.cfs_quota_us=20000",
            "iothread1/cpu.cfs_period_us=100000",
            "iothread1/cpu.cfs_quota_us=7000"),
        told(tune, Area.SCHEDULER, Version.V1));
    assertEquals(
        List.of(
            "cpu.weight=512",
            "cpu.max=max 100000",
            "emulator/cpu.max=max 100000",
            "vcpu0/cpu.max=20000 50000",
            "vcpu1/cpu.max=20000 50000",
            "iothread1/cpu.max=7000 100000"),
        told(tune, Area.SCHEDULER, Version.V2));
  }

  @Test
  void weighsAMachineInBothVersions() {
    assertEquals("262144", Shares.Weight.GREATEST.in(Version.V1).value());
    assertEquals("10000", Shares.Weight.GREATEST.in(Version.V2).value());
    Shares.Setting usual = Shares.Weight.USUAL.in(Version.V1);
    assertEquals("cpu.shares=1024", usual.file() + "=" + usual.value());
    usual = Shares.Weight.USUAL.in(Version.V2);
    assertEquals("cpu.weight=100", usual.file() + "=" + usual.value());
  }

  @Test
  void tellsLimitsOfMemoryInBothVersions() throws Exception {
    String tune =
        "<memtune><hard_limit unit='KiB'>1024</hard_limit>"
            + "<swap_hard_limit unit='KiB'>3072</swap_hard_limit></memtune>";
    assertEquals(
        List.of(
            "memory.memsw.limit_in_bytes=-1",
            "memory.limit_in_bytes=1048576",
            "memory.memsw.limit_in_bytes=3145728",
            "memory.soft_limit_in_bytes=-1"),
        told(tune, Area.MEMORY, Version.V1));
    assertEquals(
        List.of("memory.high=max", "memory.max=1048576", "memory.swap.max=2097152"),
        told(tune, Area.MEMORY, Version.V2));
  }

  @Test
  void refusesDisksThatAreNone() throws Exception {
    String tune = "<blkiotune><device><path>/dev/null</path></device></blkiotune>";
    VirtException e = assertThrows(VirtException.class, () -> told(tune, Area.BLKIO, Version.V1));
    assertTrue(e.getMessage().contains("'/dev/null' is no block device"), e.getMessage());
    assertEquals(
        List.of("io.bfq.weight=300"),
        told("<blkiotune><weight>300</weight></blkiotune>", Area.BLKIO, Version.V2));
  }

  @Test
  void knowsWhatIsAShare() throws Exception {
    assertFalse(
        Shares.isTuned(tree("<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>"), Area.SCHEDULER));
    assertTrue(
        Shares.isTuned(
            tree("<cputune><global_quota>5000</global_quota></cputune>"), Area.SCHEDULER));
  }
}
