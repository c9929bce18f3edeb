package org.virt.driver.test.internal;

import java.time.Instant;
import java.util.List;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.model.edit.DeviceEdit;

/** What one machine has used: figures that grow with time, as libvirt's test driver has them. */
final class TestStatistics extends TestEdit implements StatisticsVerbs {
  private static final long TERA = 1_099_511_627_776L;
  private static final long OVERHEAD = 5_177_344L;
  private static final long SECOND = 1_000_000_000L;

  TestStatistics(TestHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public TypedParameters blockStats(String disk) throws VirtException {
    if (disk.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "summary statistics are not supported yet");
    }
    find(disk);
    long now = micros();
    return TypedParameters.builder()
        .llong("rd_operations", now)
        .llong("rd_bytes", now / 2)
        .llong("wr_operations", now / 3)
        .llong("wr_bytes", now / 4)
        .llong("errs", now / 2_000_000)
        .build();
  }

  @Override
  public BlockInfo blockInfo(String disk) throws VirtException {
    find(disk);
    return new BlockInfo(TERA - OVERHEAD, TERA, TERA);
  }

  private void find(String disk) throws VirtException {
    look(
        "get statistics of",
        Affects.LIVE,
        tree ->
            DeviceEdit.disk(tree, disk)
                .orElseThrow(
                    () ->
                        new VirtException(ErrorCode.INVALID_ARG, "invalid path: '" + disk + "'")));
  }

  @Override
  public InterfaceStats interfaceStats(String device) throws VirtException {
    look(
        "get statistics of",
        Affects.LIVE,
        tree ->
            DeviceEdit.networkInterface(tree, device)
                .orElseThrow(
                    () ->
                        new VirtException(
                            ErrorCode.INVALID_ARG,
                            "invalid path, '" + device + "' is not a known interface")));
    long now = micros();
    return new InterfaceStats(
        new Direction(now, now / 10, now / 100_000, now / 200_000),
        new Direction(now / 2, now / 11, now / 300_000, now / 400_000));
  }

  @Override
  public TypedParameters cpuStats() throws VirtException {
    long used = host.onActive("get CPU statistics of", id, TestMachine::seconds) * SECOND;
    return TypedParameters.builder()
        .ullong("cpu_time", used)
        .ullong("user_time", used / 2)
        .ullong("system_time", used / 2)
        .build();
  }

  @Override
  public List<TypedParameters> cpuStatsPerCpu() throws VirtException {
    long used = host.onActive("get CPU statistics of", id, TestMachine::seconds) * SECOND;
    TypedParameters half =
        TypedParameters.builder()
            .ullong("cpu_time", used / 2)
            .ullong("vcpu_time", used / 2)
            .build();
    return List.of(half, half);
  }

  @Override
  public ControlInfo controlInfo() throws VirtException {
    return host.onActive(
        "get control information of", id, machine -> new ControlInfo(ControlState.OK, "", 0));
  }

  private static long micros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }
}
