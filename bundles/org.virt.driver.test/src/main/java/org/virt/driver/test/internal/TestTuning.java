package org.virt.driver.test.internal;

import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.model.edit.DeviceTuning;
import org.virt.model.edit.Tuning;

/** The share of one machine of the host. */
final class TestTuning extends TestEdit implements TuningVerbs {
  private static final int WEIGHT = 50;

  TestTuning(TestHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public String schedulerType() {
    return "fair";
  }

  @Override
  public TypedParameters parameters(Area area, Affects affects) throws VirtException {
    if (area == Area.SCHEDULER) {
      return TypedParameters.builder().uint("weight", WEIGHT).build();
    }
    return look("get parameters of", affects, tree -> Tuning.read(tree, area));
  }

  @Override
  public void setParameters(Area area, TypedParameters parameters, Affects affects)
      throws VirtException {
    if (area == Area.SCHEDULER) {
      // As libvirt's: the name is checked, the value has no effect.
      if (parameters.list().stream().anyMatch(p -> !p.name().equals("weight"))) {
        throw new VirtException(ErrorCode.INVALID_ARG, "set scheduler: only 'weight' is supported");
      }
      return;
    }
    change("set parameters of", affects, tree -> Tuning.write(tree, area, parameters));
  }

  @Override
  public TypedParameters deviceParameters(DeviceArea area, String device, Affects affects)
      throws VirtException {
    return look("get parameters of", affects, tree -> DeviceTuning.read(tree, area, device));
  }

  @Override
  public void setDeviceParameters(
      DeviceArea area, String device, TypedParameters parameters, Affects affects)
      throws VirtException {
    change(
        "set parameters of", affects, tree -> DeviceTuning.write(tree, area, device, parameters));
  }
}
