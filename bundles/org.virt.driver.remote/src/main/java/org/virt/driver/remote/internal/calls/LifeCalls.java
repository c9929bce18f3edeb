package org.virt.driver.remote.internal.calls;

import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Flag;
import org.virt.api.domain.LifeVerbs;

/** Starts and ends a machine otherwise than plainly. */
record LifeCalls(FarDomain domain) implements LifeVerbs {
  @Override
  public void create(Set<StartFlag> flags) throws VirtException {
    domain.callLong("domain_create_with_flags", Flag.word(flags));
  }

  @Override
  public void shutdown(Set<ShutdownMode> modes) throws VirtException {
    domain.call("domain_shutdown_flags", Flag.word(modes));
  }

  @Override
  public void reboot(Set<ShutdownMode> modes) throws VirtException {
    domain.call("domain_reboot", Flag.word(modes));
  }

  @Override
  public void destroy(Set<DestroyFlag> flags) throws VirtException {
    domain.call("domain_destroy_flags", Flag.word(flags));
  }

  @Override
  public void undefine(Set<UndefineFlag> flags) throws VirtException {
    domain.call("domain_undefine_flags", Flag.word(flags));
  }

  @Override
  public void rename(String name) throws VirtException {
    domain.call("domain_rename", name, 0);
    domain.far().lookUp(domain.id());
  }

  @Override
  public void setLifecycleAction(Occasion occasion, Outcome outcome, Affects affects)
      throws VirtException {
    domain.call(
        "domain_set_lifecycle_action", occasion.ordinal(), outcome.ordinal(), affects.bits());
  }

  @Override
  public boolean isUpdated() throws VirtException {
    return domain.call("domain_is_updated").integer("updated") != 0;
  }

  @Override
  public void pmSuspend(SleepTarget target) throws VirtException {
    domain.call("domain_pm_suspend_for_duration", target.ordinal(), 0L, 0);
  }

  @Override
  public void pmWakeup() throws VirtException {
    domain.call("domain_pm_wakeup", 0);
  }
}
