package org.virt.driver.qemu.internal.machine;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;
import org.virt.api.domain.Creation;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.driver.qemu.internal.argv.Completion;

/** The machines of one connection that end with it: those very runs, not later ones. */
final class Mortals implements Creation {
  private static final Logger LOG = LoggerFactory.getLogger(Mortals.class);

  private final MachineHost host;
  private final Map<Machine, Run> runs = new ConcurrentHashMap<>();

  Mortals(MachineHost host) {
    this.host = host;
  }

  @Override
  public DomainId createXml(String xml, Set<StartFlag> flags) throws VirtException {
    if (flags.contains(StartFlag.VALIDATE)) {
      Completion.validate(xml);
    }
    boolean paused = flags.contains(StartFlag.PAUSED);
    DomainId id = host.starts().create(xml, new StartOrder(paused, java.util.Optional.empty()));
    started(host.find(id), flags);
    return id;
  }

  @Override
  public DomainId defineValid(String xml) throws VirtException {
    Completion.validate(xml);
    return host.definitions().define(xml);
  }

  void started(Machine machine, Set<StartFlag> flags) {
    Run run = machine.run();
    if (flags.contains(StartFlag.AUTODESTROY) && run != null) {
      runs.put(machine, run);
    }
  }

  void endAll() {
    runs.forEach(
        (machine, run) -> {
          try (Gate.Pass pass = machine.gate.enter("destroy")) {
            if (machine.run() == run) {
              host.ender().quit(machine, run, Reason.DESTROYED);
            }
          } catch (VirtException e) {
            LOG.warn("not ended with its connection: {}", e.getMessage());
          }
        });
    runs.clear();
  }
}
