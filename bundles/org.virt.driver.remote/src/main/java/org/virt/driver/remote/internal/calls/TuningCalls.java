package org.virt.driver.remote.internal.calls;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.TypedValues;

/** Asks about a machine's share of the host. */
record TuningCalls(FarDomain domain) implements TuningVerbs {
  @Override
  public String schedulerType() throws VirtException {
    return domain.call("domain_get_scheduler_type").text("type");
  }

  @Override
  public TypedParameters parameters(Area area, Affects affects) throws VirtException {
    if (area == Area.SCHEDULER) {
      return scheduler(affects);
    }
    int flags = affects.bits() | domain.far().textsFlag();
    return switch (area) {
      case BLKIO -> all("domain_get_blkio_parameters", flags);
      case MEMORY -> all("domain_get_memory_parameters", flags);
      case NUMA -> all("domain_get_numa_parameters", flags);
      default -> Parameters.of(domain.call("domain_get_perf_events", flags));
    };
  }

  @Override
  public void setParameters(Area area, TypedParameters parameters, Affects affects)
      throws VirtException {
    String procedure =
        switch (area) {
          case SCHEDULER -> "domain_set_scheduler_parameters_flags";
          case BLKIO -> "domain_set_blkio_parameters";
          case MEMORY -> "domain_set_memory_parameters";
          case NUMA -> "domain_set_numa_parameters";
          case PERF -> "domain_set_perf_events";
        };
    domain.call(procedure, TypedValues.toXdr(parameters), affects.bits());
  }

  @Override
  public TypedParameters deviceParameters(DeviceArea area, String device, Affects affects)
      throws VirtException {
    int flags = affects.bits() | domain.far().textsFlag();
    String procedure =
        area == DeviceArea.BLOCK_IO
            ? "domain_get_block_io_tune"
            : "domain_get_interface_parameters";
    return Parameters.all(count -> domain.call(procedure, device, count, flags));
  }

  @Override
  public void setDeviceParameters(
      DeviceArea area, String device, TypedParameters parameters, Affects affects)
      throws VirtException {
    String procedure =
        area == DeviceArea.BLOCK_IO
            ? "domain_set_block_io_tune"
            : "domain_set_interface_parameters";
    domain.call(procedure, device, TypedValues.toXdr(parameters), affects.bits());
  }

  private TypedParameters all(String procedure, int flags) throws VirtException {
    return Parameters.all(count -> domain.call(procedure, count, flags));
  }

  /**
   * How many there are is told with the kind of scheduler. None is a text, and drivers that know no
   * flags have the older call.
   */
  private TypedParameters scheduler(Affects affects) throws VirtException {
    int count = domain.call("domain_get_scheduler_type").integer("nparams");
    if (count == 0) {
      return new TypedParameters(List.of());
    }
    return Parameters.of(
        affects == Affects.CURRENT
            ? domain.call("domain_get_scheduler_parameters", count)
            : domain.call("domain_get_scheduler_parameters_flags", count, affects.bits()));
  }
}
