package org.virt.driver.remote.internal.calls;

import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;

/** Changes a machine's devices. */
record DeviceCalls(FarDomain domain) implements DeviceVerbs {
  /** {@code VIR_DOMAIN_DEVICE_MODIFY_FORCE}. */
  private static final int FORCE = 4;

  @Override
  public void attachDevice(String xml, Affects affects) throws VirtException {
    domain.call("domain_attach_device_flags", xml, affects.bits());
  }

  @Override
  public void detachDevice(String xml, Affects affects) throws VirtException {
    domain.call("domain_detach_device_flags", xml, affects.bits());
  }

  @Override
  public void detachDeviceAlias(String alias, Affects affects) throws VirtException {
    domain.call("domain_detach_device_alias", alias, affects.bits());
  }

  @Override
  public void updateDevice(String xml, Affects affects, Force force) throws VirtException {
    domain.call(
        "domain_update_device_flags", xml, affects.bits() | (force == Force.YES ? FORCE : 0));
  }
}
