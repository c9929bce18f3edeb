package org.virt.remote.internal.calls;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** A machine's share of the host. */
final class DomainTuningCalls {
  /** {@code VIR_TYPED_PARAM_STRING_OKAY}: the client takes strings. */
  private static final int STRINGS = 4;

  void declare(Declarations all) {
    declareScheduler(all);
    area(all, "blkio", Area.BLKIO);
    area(all, "memory", Area.MEMORY);
    area(all, "numa", Area.NUMA);
    all.on(
            "domain_get_perf_events",
            call ->
                call.reply(
                    TypedValues.toXdr(
                        call.of(TuningVerbs.class).parameters(Area.PERF, affects(call)))))
        .on("domain_set_perf_events", setter(Area.PERF));
    device(all, "domain_get_block_io_tune", "domain_set_block_io_tune", DeviceArea.BLOCK_IO);
    device(
        all,
        "domain_get_interface_parameters",
        "domain_set_interface_parameters",
        DeviceArea.INTERFACE);
  }

  private static void declareScheduler(Declarations all) {
    all.on(
            "domain_get_scheduler_type",
            call -> {
              TuningVerbs tuning = call.of(TuningVerbs.class);
              return call.reply(
                  tuning.schedulerType(),
                  tuning.parameters(Area.SCHEDULER, Affects.CURRENT).list().size());
            })
        .on("domain_get_scheduler_parameters", call -> scheduler(call, Affects.CURRENT))
        .on("domain_get_scheduler_parameters_flags", call -> scheduler(call, affects(call)))
        .on(
            "domain_set_scheduler_parameters",
            call -> {
              call.of(TuningVerbs.class)
                  .setParameters(Area.SCHEDULER, call.parameters("params"), Affects.CURRENT);
              return call.reply();
            })
        .on("domain_set_scheduler_parameters_flags", setter(Area.SCHEDULER));
  }

  private static XdrStruct scheduler(Call call, Affects affects) throws VirtException {
    TypedParameters all = call.of(TuningVerbs.class).parameters(Area.SCHEDULER, affects);
    int most = Math.max(0, call.integer("nparams"));
    return call.reply(TypedValues.toXdr(all).stream().limit(most).toList());
  }

  private static void area(Declarations all, String name, Area area) {
    all.on(
            "domain_get_" + name + "_parameters",
            call -> call.replyCounted(call.of(TuningVerbs.class).parameters(area, affects(call))))
        .on("domain_set_" + name + "_parameters", setter(area));
  }

  private static Handler setter(Area area) {
    return call -> {
      call.of(TuningVerbs.class).setParameters(area, call.parameters("params"), affects(call));
      return call.reply();
    };
  }

  private static void device(Declarations all, String getter, String setter, DeviceArea area) {
    all.on(
            getter,
            call ->
                call.replyCounted(
                    call.of(TuningVerbs.class).deviceParameters(area, device(call), affects(call))))
        .on(
            setter,
            call -> {
              call.of(TuningVerbs.class)
                  .setDeviceParameters(
                      area, device(call), call.parameters("params"), affects(call));
              return call.reply();
            });
  }

  /** Clients ask for the number of figures without a disk: then that of the first one is told. */
  private static String device(Call call) throws VirtException {
    Object device =
        call.args().type().has("disk") ? call.args().get("disk") : call.args().get("device");
    if (device != null) {
      return (String) device;
    }
    return DomainParts.disks(call.domain()).stream()
        .findFirst()
        .orElseThrow(
            () -> new VirtException(ErrorCode.INVALID_ARG, "no disk is named, and there is none"));
  }

  private static Affects affects(Call call) throws VirtException {
    call.onlyFlags(STRINGS | 3);
    return Affects.of(call.flags());
  }
}
