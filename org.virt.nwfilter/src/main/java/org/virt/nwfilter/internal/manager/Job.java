package org.virt.nwfilter.internal.manager;

import java.time.Instant;
import org.virt.nwfilter.internal.manager.Planner.Plan;
import org.virt.nwfilter.internal.manager.Port.Installed;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.PortProgram;

/** A port and the program that it should have. */
record Job(Port port, Plan plan) {

  /** Says whether a technique has it already, with all addresses. */
  boolean isInstalled(Technique technique) {
    Installed has = port.installed;
    return has.technique().equals(technique.name())
        && has.digest().equals(plan.program().digest())
        && has.mac().equals(port.ref.mac())
        && hasAddresses(technique);
  }

  private boolean hasAddresses(Technique technique) {
    return !technique.probe().lookups()
        || port.addressesIn.equals(technique.name())
        || port.learned.isEmpty() && port.given.isEmpty();
  }

  PortProgram program(Technique technique, Instant now) {
    return new PortProgram(port.ref, plan.program(), port.bindings(now), plan.next());
  }

  Installed installed(Technique technique, long generation) {
    return new Installed(technique.name(), generation, plan.program().digest(), port.ref.mac());
  }
}
