package org.virt.remote.internal.calls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.BulkStatistics;
import org.virt.api.domain.BulkStatistics.DomainStats;
import org.virt.api.domain.BulkStatistics.StatsFilter;
import org.virt.api.domain.BulkStatistics.StatsGroup;
import org.virt.api.domain.Flag;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.StatisticsVerbs.AddressKind;
import org.virt.api.domain.StatisticsVerbs.BlockInfo;
import org.virt.api.domain.StatisticsVerbs.InterfaceStats;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** What machines have used. */
final class DomainStatisticsCalls {
  private static final StructType RECORD = Protocol.libvirt().struct("remote_domain_stats_record");

  /** {@code VIR_TYPED_PARAM_STRING_OKAY}: the client takes strings. */
  private static final int STRINGS = 4;

  private static final int PEEK_MAX = 4_194_304;

  void declare(Declarations all) {
    all.on("connect_get_all_domain_stats", DomainStatisticsCalls::allStats)
        .on("domain_block_stats", DomainStatisticsCalls::blockStats)
        .on(
            "domain_block_stats_flags",
            call -> {
              call.onlyFlags(STRINGS);
              return call.replyCounted(
                  call.of(StatisticsVerbs.class).blockStats(call.text("path")));
            })
        .on("domain_interface_stats", DomainStatisticsCalls::interfaceStats)
        .on("domain_get_block_info", DomainStatisticsCalls::blockInfo)
        .on("domain_get_cpu_stats", DomainStatisticsCalls::cpuStats)
        .on(
            "domain_block_peek",
            call -> {
              call.noFlags();
              return call.reply(
                  call.of(StatisticsVerbs.class)
                      .blockPeek(call.text("path"), call.wide("offset"), length(call)));
            })
        .on(
            "domain_memory_peek",
            call -> {
              AddressKind kind = Choice.of(AddressKind.class, call.flags() - 1);
              return call.reply(
                  call.of(StatisticsVerbs.class)
                      .memoryPeek(call.wide("offset"), length(call), kind));
            });
  }

  private static XdrStruct allStats(Call call) throws VirtException {
    Set<StatsGroup> groups = Flag.parse(StatsGroup.class, call.integer("stats"));
    Map<DomainId, DomainSummary> summaries = new HashMap<>();
    for (DomainSummary summary : call.connect().domains()) {
      if (AccessCheck.maySee(call.session(), summary, call.procedure())) {
        summaries.put(summary.id(), summary);
      }
    }
    List<DomainId> wanted =
        call.args().structs("doms").stream().map(d -> new DomainId(d.uuid("uuid"))).toList();
    List<XdrStruct> records = new ArrayList<>();
    for (DomainStats stats :
        call.host(BulkStatistics.class)
            .domainStats(wanted, groups, call.flags(StatsFilter.class))) {
      DomainSummary summary = summaries.get(stats.domain());
      if (summary != null) {
        records.add(RECORD.of(Call.named(summary), TypedValues.toXdr(stats.parameters())));
      }
    }
    return call.reply(records);
  }

  private static XdrStruct blockStats(Call call) throws VirtException {
    TypedParameters stats = call.of(StatisticsVerbs.class).blockStats(call.text("path"));
    return call.reply(
        figure(stats, "rd_operations"),
        figure(stats, "rd_bytes"),
        figure(stats, "wr_operations"),
        figure(stats, "wr_bytes"),
        figure(stats, "errs"));
  }

  private static long figure(TypedParameters stats, String name) {
    return stats.number(name).orElse(-1L);
  }

  private static XdrStruct interfaceStats(Call call) throws VirtException {
    InterfaceStats stats = call.of(StatisticsVerbs.class).interfaceStats(call.text("device"));
    return call.reply(
        stats.received().bytes(),
        stats.received().packets(),
        stats.received().errors(),
        stats.received().drops(),
        stats.sent().bytes(),
        stats.sent().packets(),
        stats.sent().errors(),
        stats.sent().drops());
  }

  private static XdrStruct blockInfo(Call call) throws VirtException {
    call.noFlags();
    BlockInfo info = call.of(StatisticsVerbs.class).blockInfo(call.text("path"));
    return call.reply(info.allocation(), info.capacity(), info.physical());
  }

  /** Clients ask for the number of CPUs first, then for that of figures, then for these. */
  private static XdrStruct cpuStats(Call call) throws VirtException {
    call.onlyFlags(STRINGS);
    StatisticsVerbs verbs = call.of(StatisticsVerbs.class);
    long count = call.args().unsigned("ncpus");
    int from = call.integer("start_cpu");
    boolean onlyNumber = call.integer("nparams") == 0;
    if (from == -1) {
      TypedParameters total = verbs.cpuStats();
      return call.reply(onlyNumber ? List.of() : TypedValues.toXdr(total), total.list().size());
    }
    List<TypedParameters> each = verbs.cpuStatsPerCpu();
    if (count == 0) {
      return call.reply(List.of(), each.size());
    }
    if (from < 0 || from >= each.size()) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "start_cpu %d larger than maximum of %d".formatted(from, each.size() - 1));
    }
    int figures = each.get(from).list().size();
    if (onlyNumber) {
      return call.reply(List.of(), figures);
    }
    List<XdrStruct> values = new ArrayList<>();
    each.stream().skip(from).limit(count).forEach(cpu -> values.addAll(TypedValues.toXdr(cpu)));
    return call.reply(values, figures);
  }

  private static int length(Call call) throws VirtException {
    long size = call.args().unsigned("size");
    if (size > PEEK_MAX) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "size %d is more than %d".formatted(size, PEEK_MAX));
    }
    return (int) size;
  }
}
