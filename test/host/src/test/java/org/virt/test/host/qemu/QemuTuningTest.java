package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;

/** Processors and shares of machines that run. */
class QemuTuningTest extends QemuFixture {
  @Test
  void changesVirtualCpusAndWhereTheyRun() throws Exception {
    define("a", "");
    VcpuVerbs vcpus = verbs(VcpuVerbs.class);
    vcpus.setVcpus(3, Affects.CONFIG, Set.of(VcpuFlag.MAXIMUM));
    vcpus.pinVcpu(0, CpuSet.parse("1"), Affects.CONFIG);
    connection.start(id);
    assertEquals("1", vcpus.vcpus().get(0).affinity().toString());
    vcpus.setVcpus(2, Affects.LIVE, Set.of());
    assertEquals(2, vcpus.vcpus().size());
    assertEquals(2, vcpus.vcpusFlags(Affects.LIVE, Set.of()));
    assertEquals(3, vcpus.vcpusFlags(Affects.LIVE, Set.of(VcpuFlag.MAXIMUM)));
    assertEquals(2, connection.info(id).vcpus());
    vcpus.pinVcpu(1, CpuSet.parse("0"), Affects.LIVE);
    assertEquals("0", vcpus.vcpus().get(1).affinity().toString());
    vcpus.pinEmulator(CpuSet.parse("1"), Affects.LIVE);
    assertEquals("0", vcpus.vcpus().get(1).affinity().toString());
    fails(ErrorCode.INVALID_ARG, () -> vcpus.setVcpus(9, Affects.LIVE, Set.of()));
  }

  @Test
  void tunes() throws Exception {
    Path file = image("one", "raw");
    define("a", disk(file, "vda", "virtio"));
    TuningVerbs tuning = verbs(TuningVerbs.class);
    connection.start(id);
    TypedParameters limit = TypedParameters.builder().ullong("total_iops_sec", 500).build();
    tuning.setDeviceParameters(DeviceArea.BLOCK_IO, "vda", limit, Affects.LIVE);
    assertTrue(monitor("info block").contains("iops=500"), monitor("info block"));
    assertTrue(live().contains("<total_iops_sec>500</total_iops_sec>"));
    tuning.setDeviceParameters(DeviceArea.BLOCK_IO, "vda", limit, Affects.CONFIG);
    connection.destroy(id);
    connection.start(id);
    assertTrue(monitor("info block").contains("iops=500"), monitor("info block"));
    String other =
        disk(image("two", "raw"), "vdb", "virtio")
            .replace("</disk>", "<iotune><read_bytes_sec>4096</read_bytes_sec></iotune></disk>");
    verbs(DeviceVerbs.class).attachDevice(other, Affects.LIVE);
    assertTrue(monitor("info block").contains("bps_rd=4096"), monitor("info block"));
    IoThreadVerbs threads = verbs(IoThreadVerbs.class);
    threads.addIoThread(1, Affects.LIVE);
    threads.pinIoThread(1, CpuSet.parse("0"), Affects.LIVE);
    assertTrue(monitor("info iothreads").contains("iothread1"));
    threads.delIoThread(1, Affects.LIVE);
    assertEquals(List.of(), threads.ioThreadInfo(Affects.LIVE));
    TypedParameters shares = TypedParameters.builder().ullong("cpu_shares", 2048).build();
    tuning.setParameters(Area.SCHEDULER, shares, Affects.CONFIG);
    assertTrue(kept().contains("<shares>2048</shares>"));
  }
}
