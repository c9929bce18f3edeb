package org.virt.driver.qemu.internal.machine;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.TypedParameters;

/** The job that runs on one machine. */
record Jobs(MachineHost host, DomainId id) implements JobVerbs {
  @Override
  public JobStats jobStats(Which which) throws VirtException {
    Machine machine = host.find(id);
    JobStats none = new JobStats(JobType.NONE, TypedParameters.builder().build());
    if (which == Which.COMPLETED) {
      return machine.lastJob().orElse(none);
    }
    Run run = machine.active("get the job of");
    Job job = run.job();
    if (job == null) {
      return none;
    }
    return new JobStats(JobType.UNBOUNDED, job.parameters(run.execute("query-migrate")));
  }

  @Override
  public void abortJob() throws VirtException {
    Machine machine = host.find(id);
    Job job = machine.active("abort the job of").job();
    if (job == null) {
      throw machine.invalid("abort the job of", "no job is active on the domain");
    }
    job.cancel();
  }
}
