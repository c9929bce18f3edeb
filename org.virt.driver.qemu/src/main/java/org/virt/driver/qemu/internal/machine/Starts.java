package org.virt.driver.qemu.internal.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** Gives machines their runs: what is defined, described or saved is started, once at a time. */
final class Starts {
  private final MachineHost host;
  private final Starter starter;
  private final AtomicInteger lastNumber = new AtomicInteger();

  Starts(MachineHost host, Starter starter) {
    this.host = host;
    this.starter = starter;
  }

  /** Makes sure that numbers of later runs are greater. */
  void used(int number) {
    lastNumber.accumulateAndGet(number, Math::max);
  }

  DomainId create(String xml, StartOrder order) throws VirtException {
    return begin("create", host.definitions().complete("create", xml), order);
  }

  /** Starts a machine as it was saved. */
  DomainId restore(DomainConfig config, StartOrder order) throws VirtException {
    return begin("restore", config, order);
  }

  private DomainId begin(String action, DomainConfig config, StartOrder order)
      throws VirtException {
    while (true) {
      Machine machine = host.claim(action, config.domainId(), config.name);
      try (Gate.Pass pass = machine.gate.enter(action)) {
        if (machine.isRemoved()) {
          continue;
        }
        start(action, machine, config, order);
        return machine.id;
      }
    }
  }

  void start(DomainId id) throws VirtException {
    start(id, Set.of());
  }

  /** Starts a defined machine: as it was saved, or else it boots. */
  void start(DomainId id, Set<StartFlag> flags) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("start")) {
      if (machine.isRemoved()) {
        throw Machine.gone(id);
      }
      Definition definition = machine.definition();
      // A transient machine that is there is active: it has nothing to be started with.
      boolean paused = flags.contains(StartFlag.PAUSED);
      Path saved = host.files().save(machine.name);
      if (machine.run() == null && definition != null && Files.exists(saved)) {
        if (!flags.contains(StartFlag.FORCE_BOOT) && !SaveImage.isPart(saved)) {
          SaveImage image = SaveImage.read(saved);
          StartOrder order = new StartOrder(paused || !image.running(), Optional.of(saved));
          start("start", machine, DomainXml.parse(host.scripts().restore(image.xml())), order);
          MachineFiles.delete(saved);
          return;
        }
        MachineFiles.delete(saved);
      }
      start(
          "start",
          machine,
          definition == null ? null : DomainXml.parse(definition.xml()),
          new StartOrder(paused, Optional.empty(), flags.contains(StartFlag.RESET_NVRAM)));
    }
  }

  private void start(String action, Machine machine, DomainConfig config, StartOrder order)
      throws VirtException {
    if (machine.run() != null || config == null) {
      throw machine.invalid(action, "domain is already active");
    }
    try {
      Run run =
          starter.start(machine, config, lastNumber.incrementAndGet(), order, host.follower());
      host.follower().started(machine, run);
    } catch (VirtException e) {
      throw MachineHost.about(action, machine.name, e);
    } finally {
      host.forget(machine);
    }
  }
}
