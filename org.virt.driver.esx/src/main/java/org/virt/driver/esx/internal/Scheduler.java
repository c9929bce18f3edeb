package org.virt.driver.esx.internal;

import java.util.List;
import java.util.Map;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;

/** One machine's share of CPU time (libvirt's drvesx, "Scheduler configuration"). */
final class Scheduler implements TuningVerbs {
  private static final String ALLOCATION = "config.cpuAllocation";
  private static final Map<String, Long> LEVELS = Map.of("low", -1L, "normal", -2L, "high", -3L);

  private final Machines machines;
  private final Tasks tasks;
  private final DomainId id;

  Scheduler(Machines machines, Tasks tasks, DomainId id) {
    this.machines = machines;
    this.tasks = tasks;
    this.id = id;
  }

  @Override
  public String schedulerType() {
    return "allocation";
  }

  @Override
  public TypedParameters parameters(Area area, Affects affects) throws VirtException {
    String action = "get scheduler of domain " + id;
    require(action, area);
    Node allocation = machines.get(action, id, ALLOCATION).node(ALLOCATION);
    Long level = LEVELS.get(allocation.text("shares.level"));
    return TypedParameters.builder()
        .llong("reservation", allocation.number("reservation", 0))
        .llong("limit", allocation.number("limit", -1))
        .integer(
            "shares", (int) (level == null ? allocation.number("shares.shares", 0) : (long) level))
        .build();
  }

  private static void require(String action, Area area) throws VirtException {
    if (area != Area.SCHEDULER) {
      throw new VirtException(ErrorCode.NO_SUPPORT, action + ": there is no " + area);
    }
  }

  @Override
  public void setParameters(Area area, TypedParameters parameters, Affects affects)
      throws VirtException {
    String action = "set scheduler of domain " + id;
    require(action, area);
    for (TypedParameter given : parameters.list()) {
      if (!List.of("reservation", "limit", "shares").contains(given.name())) {
        throw new VirtException(
            ErrorCode.INVALID_ARG, action + ": parameter '" + given.name() + "' is not known");
      }
    }
    Found machine = machines.get(action, id, Machines.STATE);
    Body body = new Body().open("spec").open("cpuAllocation");
    number(action, parameters, "reservation", 0, body);
    number(action, parameters, "limit", -1, body);
    if (parameters.number("shares").isPresent()) {
      shares(action, parameters.number("shares").get(), body);
    }
    tasks.run(action, "ReconfigVM_Task", machine.ref(), body.close("cpuAllocation").close("spec"));
  }

  private static void number(
      String action, TypedParameters parameters, String name, long least, Body body)
      throws VirtException {
    if (parameters.number(name).isEmpty()) {
      return;
    }
    long value = parameters.number(name).get();
    if (value < least) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "%s: %s %d is less than %d".formatted(action, name, value, least));
    }
    body.text(name, value);
  }

  private static void shares(String action, long shares, Body body) throws VirtException {
    String level = "custom";
    for (Map.Entry<String, Long> known : LEVELS.entrySet()) {
      level = known.getValue() == shares ? known.getKey() : level;
    }
    if (shares < 0 && level.equals("custom")) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          action + ": shares are 0 or more, or -1 (low), -2 (normal), -3 (high)");
    }
    body.open("shares").text("shares", Math.max(0, shares)).text("level", level).close("shares");
  }
}
