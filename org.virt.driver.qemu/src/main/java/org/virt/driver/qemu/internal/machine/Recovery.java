package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.driver.qemu.internal.linux.QemuProcess;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.driver.qemu.internal.qmp.QmpListener;
import org.virt.driver.qemu.internal.qmp.QmpMonitor;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/**
 * Finds the machines that an earlier runtime knew, and removes what is left of those that ended.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(10);
  private static final Duration QUIT_LIMIT = Duration.ofSeconds(1);
  private static final Duration FILTERS_LIMIT = Duration.ofSeconds(10);

  private final MachineHost host;
  private final HostNetwork network;

  /** Makes it for the machines of one folder. */
  public Recovery(MachineHost host, HostNetwork network) {
    this.host = host;
    this.network = network;
  }

  /** Takes up definitions and runs; what cannot be read is reported and left as it is. */
  public void run() {
    Set<String> autostarts = host.files().autostarts();
    host.files().definitions().forEach((name, xml) -> restore(name, xml, autostarts));
    List<CompletableFuture<?>> looks = new ArrayList<>();
    for (RunState state : host.files().runStates()) {
      host.starts().used(state.number());
      try {
        recover(state, looks);
      } catch (VirtException | RuntimeException e) {
        LOG.error("domain {}: not found again: {}", state.name(), e.getMessage());
      }
    }
    Waiting.await(CompletableFuture.allOf(looks.toArray(CompletableFuture<?>[]::new)), LOOK_LIMIT);
  }

  private void restore(String name, String xml, Set<String> autostarts) {
    try {
      host.definitions().restore(name, xml, autostarts);
    } catch (VirtException e) {
      LOG.error("the definition of {} was not taken up: {}", name, e.getMessage());
    }
  }

  private void recover(RunState state, List<CompletableFuture<?>> looks) throws VirtException {
    boolean sameBoot = state.boot().equals(MachineFiles.boot());
    Optional<QemuProcess> process =
        sameBoot ? state.process().flatMap(QemuProcess::find) : Optional.empty();
    if (state.phase() == RunState.Phase.RUNNING && process.isPresent()) {
      looks.add(resume(state, process.get()));
      return;
    }
    process.ifPresentOrElse(Recovery::kill, () -> quitNameless(state));
    remove(state, sameBoot);
  }

  private CompletableFuture<?> resume(RunState state, QemuProcess process) throws VirtException {
    DomainConfig config = DomainXml.parse(state.xml());
    Machine machine = host.claim("recover", state.id(), state.name());
    List<Port> halves = halves(state, config);
    List<Port> ports = new ArrayList<>(state.ports());
    ports.removeAll(halves);
    halves.forEach(host.ports()::remove);
    Run[] self = new Run[1];
    Run run =
        new Run(
            state.id(),
            state.number(),
            state.paths(),
            ports,
            config,
            state.origin(),
            () -> host.follower().changed(machine, self[0]));
    self[0] = run;
    run.process(process);
    run.account(
        state.loan().user().isEmpty() ? Optional.empty() : Account.find(state.loan().user(), ""));
    state.loan().files().forEach(file -> run.lent.add(Path.of(file)));
    run.logStart(state.logStart());
    run.rebooting(state.rebooting());
    machine.begin(run);
    machine.enter(run, DomainStatus.of(state.reason()), null);
    host.watch()
        .watch(
            process,
            () -> {
              run.dead.complete(null);
              host.follower().died(machine, run);
            });
    host.follower().started(machine, run);
    LOG.info("domain {}: found again, process {}", machine.name, process.id().pid());
    return host.follower()
        .background(
            () -> {
              host.follower().take(machine, run);
              goOn(machine, run, state.reason());
              halves.forEach(port -> PlugPlan.quietly(run, "device_del", "id", port.alias()));
              reconnect(machine, run);
            });
  }

  /**
   * Has a machine go on whose memory was being saved when the runtime ended. What was saved is of
   * no use to one that runs: it would meet disks that have gone on.
   */
  private void goOn(Machine machine, Run run, Reason reason) {
    if (machine.run() != run || run.dead.isDone()) {
      return;
    }
    MachineFiles.deleteQuietly(host.files().save(machine.name));
    if (reason != Reason.SAVING && reason != Reason.DUMPING) {
      return;
    }
    try (Gate.Pass pass = machine.gate.enter("resume")) {
      run.execute("migrate_cancel");
      run.execute("cont");
      machine.enter(run, DomainStatus.of(Reason.SAVE_CANCELED), Kind.RESUMED_UNPAUSED);
      host.states().note(machine, run);
    } catch (VirtException e) {
      LOG.warn("domain {}: it stays paused: {}", machine.name, e.getMessage());
    }
  }

  /** Tells the operator's programs; a machine that one of them does not want is ended. */
  private void reconnect(Machine machine, Run run) {
    try {
      host.scripts().reconnect(run.live.config());
    } catch (VirtException refusal) {
      LOG.error("domain {}: ended: {}", machine.name, refusal.getMessage());
      try (Gate.Pass pass = machine.gate.enter("end")) {
        host.ender().quit(machine, run, Reason.DESTROYED);
      } catch (VirtException e) {
        LOG.error("domain {}: {}", machine.name, e.getMessage());
      }
    }
  }

  /** Returns the ports of cards that were being plugged in when the runtime ended. */
  private static List<Port> halves(RunState state, DomainConfig config) {
    Set<String> cards =
        config.devices.interfaces.stream().map(net -> net.alias.name).collect(Collectors.toSet());
    return state.ports().stream().filter(port -> !cards.contains(port.alias())).toList();
  }

  private static void kill(QemuProcess process) {
    process.kill();
    process.awaitEnd(QUIT_LIMIT);
    process.close();
  }

  /** Ends a QEMU that was started just before the runtime died, so that its number is not known. */
  private static void quitNameless(RunState state) {
    if (state.phase() != RunState.Phase.STARTING) {
      return;
    }
    CompletableFuture<Void> end = new CompletableFuture<>();
    QmpListener listener =
        new QmpListener() {
          @Override
          public void event(QmpEvent event) {
            // None matters to a machine that never ran.
          }

          @Override
          public void closed(String reason) {
            end.complete(null);
          }
        };
    try (QmpMonitor monitor =
        QmpMonitor.connect(state.name(), state.paths().monitor(), listener, QUIT_LIMIT)) {
      monitor.execute("quit", QUIT_LIMIT);
      Waiting.await(end, QUIT_LIMIT);
    } catch (VirtException e) {
      LOG.debug("domain {}: nothing was started: {}", state.name(), e.getMessage());
    }
  }

  private void remove(RunState state, boolean sameBoot) throws VirtException {
    String words = MachineLog.tail(state.paths().log(), state.logStart());
    DomainConfig config = DomainXml.parse(state.xml());
    host.scripts().stopped(config);
    for (Port port : state.ports()) {
      host.ports().remove(port);
    }
    host.owners().giveBack(state.id(), state.loan().files().stream().map(Path::of).toList());
    host.groups().remove(state.id());
    MachineFiles.deleteRun(state.paths());
    host.scripts().release(config);
    boolean ran = state.phase() == RunState.Phase.RUNNING;
    LOG.warn(
        "domain {}: {}",
        state.name(),
        ran ? "it ended while no runtime was there" : "its start was cut short");
    Machine machine = known(state.id());
    if (machine != null && sameBoot) {
      machine.ended(ran ? Reason.PROCESS_CRASHED : Reason.START_FAILED);
      machine.send(ran ? Kind.STOPPED_CRASHED : Kind.STOPPED_FAILED, words);
    }
  }

  private Machine known(DomainId id) {
    return host.all().stream().filter(machine -> machine.id.equals(id)).findFirst().orElse(null);
  }

  /** Starts what is to start with the host, once for each boot of it. */
  public void autostart() {
    if (host.files().isBooted()) {
      return;
    }
    List<Machine> wanted =
        host.all().stream().filter(m -> m.isAutostart() && m.run() == null).toList();
    try {
      if (wanted.stream().anyMatch(m -> m.definition().xml().contains("<filterref "))) {
        network.awaitFilters(FILTERS_LIMIT);
      }
      for (Machine machine : wanted) {
        start(machine);
      }
      host.files().markBooted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (VirtException e) {
      LOG.error("machines may be started again at the next start: {}", e.getMessage());
    }
  }

  private void start(Machine machine) {
    try {
      host.starts().start(machine.id);
    } catch (VirtException e) {
      LOG.error("autostart: {}", e.getMessage());
    }
  }
}
