package org.virt.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.JobVerbs.JobStats;
import org.virt.api.domain.JobVerbs.Which;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Jobs on machines. */
final class DomainJobCalls {
  /** {@code VIR_DOMAIN_JOB_STATS_COMPLETED} and {@code …_KEEP_COMPLETED}. */
  private static final int COMPLETED = 1;

  private static final int STATS_FLAGS = 3;

  /** The figures of the old call, in its order. */
  private static final List<String> FIGURES =
      List.of(
          "time_elapsed",
          "time_remaining",
          "data_total",
          "data_processed",
          "data_remaining",
          "memory_total",
          "memory_processed",
          "memory_remaining",
          "disk_total",
          "disk_processed",
          "disk_remaining");

  void declare(Declarations all) {
    all.on("domain_get_job_info", DomainJobCalls::info)
        .on(
            "domain_get_job_stats",
            call -> {
              call.onlyFlags(STATS_FLAGS);
              Which which = (call.flags() & COMPLETED) != 0 ? Which.COMPLETED : Which.RUNNING;
              JobStats stats = call.of(JobVerbs.class).jobStats(which);
              return call.reply(stats.type().ordinal(), TypedValues.toXdr(stats.parameters()));
            })
        .on(
            "domain_abort_job",
            call -> {
              call.of(JobVerbs.class).abortJob();
              return call.reply();
            })
        .on(
            "domain_abort_job_flags",
            call -> {
              call.noFlags();
              call.of(JobVerbs.class).abortJob();
              return call.reply();
            });
  }

  private static XdrStruct info(Call call) throws VirtException {
    JobStats stats = call.of(JobVerbs.class).jobStats(Which.RUNNING);
    List<Object> values = new ArrayList<>();
    values.add(stats.type().ordinal());
    FIGURES.forEach(name -> values.add(stats.parameters().number(name).orElse(0L)));
    return call.reply(values.toArray());
  }
}
