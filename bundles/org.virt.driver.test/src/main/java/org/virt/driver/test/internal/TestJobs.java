package org.virt.driver.test.internal;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.TypedParameters;

/** Jobs of one machine: nothing here takes long enough to be one. */
record TestJobs(TestHost host, DomainId id) implements JobVerbs {
  @Override
  public JobStats jobStats(Which which) throws VirtException {
    return host.on(id, machine -> new JobStats(JobType.NONE, TypedParameters.builder().build()));
  }

  @Override
  public void abortJob() throws VirtException {
    throw host.onActive(
        "abort the job of",
        id,
        machine -> TestHost.invalid("abort the job of", machine, "no job is active on the domain"));
  }
}
