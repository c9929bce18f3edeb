package org.example.acme;

import java.time.Duration;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TypedParameters;

/** What one machine has used. What is not overridden answers that it is not supported. */
record AcmeStatistics(AcmeHost host, DomainId id) implements StatisticsVerbs {
  @Override
  public TypedParameters cpuStats() throws VirtException {
    Duration used = host.look(id, AcmeMachine::info).cpuTime();
    return TypedParameters.builder().ullong("cpu_time", used.toNanos()).build();
  }
}
