package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.XdrStruct;

/** Asks what a machine has used. */
record StatisticsCalls(FarDomain domain) implements StatisticsVerbs {
  /** {@code VIR_DOMAIN_CONTROL_ERROR_*}, in virsh's words. */
  private static final List<String> DETAILS =
      List.of("", "unknown", "monitor failure", "internal (locking) error");

  private static final int TOTAL = -1;

  /** The most CPUs, and the most parameters, of one call. */
  private static final int CPUS_MAX = 128;

  private static final int PARAMETERS_MAX = 2048;
  private static final int PEEK_MAX = 4 * 1024 * 1024;

  @Override
  public TypedParameters blockStats(String disk) throws VirtException {
    return Parameters.all(
        count -> domain.call("domain_block_stats_flags", disk, count, domain.far().textsFlag()));
  }

  @Override
  public BlockInfo blockInfo(String disk) throws VirtException {
    XdrStruct info = domain.call("domain_get_block_info", disk, 0);
    return new BlockInfo(info.wide("capacity"), info.wide("allocation"), info.wide("physical"));
  }

  @Override
  public InterfaceStats interfaceStats(String device) throws VirtException {
    XdrStruct stats = domain.call("domain_interface_stats", device);
    return new InterfaceStats(direction(stats, "rx"), direction(stats, "tx"));
  }

  @Override
  public TypedParameters cpuStats() throws VirtException {
    return Parameters.all(count -> cpuStats(count, TOTAL, 1));
  }

  @Override
  public List<TypedParameters> cpuStatsPerCpu() throws VirtException {
    int cpus = cpuStats(0, 0, 0).integer("nparams");
    int each = cpuStats(0, 0, 1).integer("nparams");
    List<TypedParameters> all = new ArrayList<>();
    int most = Math.min(CPUS_MAX, PARAMETERS_MAX / Math.max(each, 1));
    for (int from = 0; each > 0 && from < cpus; from += most) {
      XdrStruct some = cpuStats(each, from, Math.min(most, cpus - from));
      List<TypedParameter> flat = Parameters.of(some).list();
      int count = Math.max(some.integer("nparams"), 1);
      for (int at = 0; at + count <= flat.size(); at += count) {
        all.add(new TypedParameters(flat.subList(at, at + count)));
      }
    }
    return all;
  }

  @Override
  public ControlInfo controlInfo() throws VirtException {
    XdrStruct info = domain.call("domain_get_control_info", 0);
    int detail = info.integer("details");
    return new ControlInfo(
        Enums.at(ControlState.values(), info.integer("state")),
        detail >= 0 && detail < DETAILS.size() ? DETAILS.get(detail) : "unknown",
        info.wide("stateTime"));
  }

  @Override
  public byte[] blockPeek(String disk, long offset, int length) throws VirtException {
    return peek(
        length,
        (from, size) ->
            domain.call("domain_block_peek", disk, offset + from, size, 0).bytes("buffer"));
  }

  @Override
  public byte[] memoryPeek(long address, int length, AddressKind kind) throws VirtException {
    int flag = kind.ordinal() + 1;
    return peek(
        length,
        (from, size) ->
            domain.call("domain_memory_peek", address + from, size, flag).bytes("buffer"));
  }

  /** Reads one piece. */
  @FunctionalInterface
  private interface Piece {
    byte[] read(int from, int size) throws VirtException;
  }

  private static byte[] peek(int length, Piece piece) throws VirtException {
    byte[] all = new byte[length];
    int have = 0;
    while (have < length) {
      byte[] some = piece.read(have, Math.min(PEEK_MAX, length - have));
      if (some.length == 0 || some.length > length - have) {
        return Arrays.copyOf(all, have);
      }
      System.arraycopy(some, 0, all, have, some.length);
      have += some.length;
    }
    return all;
  }

  private XdrStruct cpuStats(int count, int from, int cpus) throws VirtException {
    return domain.call("domain_get_cpu_stats", count, from, cpus, domain.far().textsFlag());
  }

  private static Direction direction(XdrStruct stats, String way) {
    return new Direction(
        stats.wide(way + "_bytes"),
        stats.wide(way + "_packets"),
        stats.wide(way + "_errs"),
        stats.wide(way + "_drop"));
  }
}
