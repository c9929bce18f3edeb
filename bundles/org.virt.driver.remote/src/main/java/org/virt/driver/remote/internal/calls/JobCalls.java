package org.virt.driver.remote.internal.calls;

import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs;
import org.virt.rpc.XdrStruct;

/** Asks about the job that runs on a machine. */
record JobCalls(FarDomain domain) implements JobVerbs {
  /** {@code VIR_DOMAIN_JOB_STATS_COMPLETED}. */
  private static final int COMPLETED = 1;

  @Override
  public JobStats jobStats(Which which) throws VirtException {
    XdrStruct job = domain.call("domain_get_job_stats", which == Which.COMPLETED ? COMPLETED : 0);
    return new JobStats(Enums.at(JobType.values(), job.integer("type")), Parameters.of(job));
  }

  @Override
  public void abortJob() throws VirtException {
    domain.call("domain_abort_job");
  }
}
