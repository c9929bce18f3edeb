package org.virt.driver.test.internal;

import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.LifeVerbs;
import org.virt.model.edit.EndActions;

/** Starting and ending one machine. */
final class TestLife extends TestEdit implements LifeVerbs {
  private final Set<DomainId> mortal;

  TestLife(TestHost host, DomainId id, Set<DomainId> mortal) {
    super(host, id);
    this.mortal = mortal;
  }

  @Override
  public void create(Set<StartFlag> flags) throws VirtException {
    if (flags.contains(StartFlag.FORCE_BOOT)) {
      host.on(id, machine -> machine.saved = null);
    }
    host.start(id);
    started(host, id, flags, mortal);
  }

  /** Does after a start what its flags say. */
  static void started(TestHost host, DomainId id, Set<StartFlag> flags, Set<DomainId> mortal)
      throws VirtException {
    if (flags.contains(StartFlag.PAUSED)) {
      host.suspend(id);
    }
    if (flags.contains(StartFlag.AUTODESTROY)) {
      mortal.add(id);
    }
  }

  @Override
  public void shutdown(Set<ShutdownMode> modes) throws VirtException {
    host.shutdown(id);
  }

  @Override
  public void reboot(Set<ShutdownMode> modes) throws VirtException {
    host.reboot(id);
  }

  @Override
  public void destroy(Set<DestroyFlag> flags) throws VirtException {
    host.destroy(id);
  }

  @Override
  public void undefine(Set<UndefineFlag> flags) throws VirtException {
    host.on(
        id,
        machine -> {
          if (machine.saved != null && !flags.contains(UndefineFlag.MANAGED_SAVE)) {
            throw TestHost.invalid(
                "undefine", machine, "Refusing to undefine while domain managed save image exists");
          }
          machine.saved = null;
          if (flags.contains(UndefineFlag.SNAPSHOTS_METADATA)) {
            machine.snapshots.clear();
          }
          return machine;
        });
    host.undefine(id);
  }

  @Override
  public void setLifecycleAction(Occasion occasion, Outcome outcome, Affects affects)
      throws VirtException {
    change("set lifecycle action of", affects, tree -> EndActions.write(tree, occasion, outcome));
  }

  @Override
  public void rename(String name) throws VirtException {
    host.rename(id, name);
  }
}
