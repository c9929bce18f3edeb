package org.example.acme;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainListeners;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/**
 * The hypervisor: a machine is a process of this host that does nothing. Machines end with the
 * driver, definitions too; a driver whose machines stay keeps its state in {@code StateDirectory}.
 * One lock guards them all, for nothing here takes long.
 */
final class AcmeHost implements AutoCloseable {
  private final Map<DomainId, AcmeMachine> machines = new LinkedHashMap<>();
  private final DomainListeners events;
  private int lastNumber;

  AcmeHost(DomainListeners events) {
    this.events = events;
  }

  synchronized List<DomainSummary> list() {
    return machines.values().stream().map(AcmeMachine::summary).toList();
  }

  synchronized <T> T look(DomainId id, Function<AcmeMachine, T> look) throws VirtException {
    return look.apply(find(id));
  }

  synchronized DomainId define(String xml) throws VirtException {
    DomainConfig config = read("define", xml);
    AcmeMachine machine = claim("define", config);
    Kind kind = machine.definition == null ? Kind.DEFINED_ADDED : Kind.DEFINED_UPDATED;
    machine.definition = config;
    machines.put(machine.id, machine);
    tell(machine, kind);
    return machine.id;
  }

  synchronized DomainId create(String xml) throws VirtException {
    DomainConfig config = read("create", xml);
    AcmeMachine machine = claim("create", config);
    boot("create", machine, config);
    machines.put(machine.id, machine);
    return machine.id;
  }

  synchronized void undefine(DomainId id) throws VirtException {
    AcmeMachine machine = find(id);
    if (machine.definition == null) {
      throw invalid("undefine", machine, "domain is transient");
    }
    machine.definition = null;
    if (!machine.isActive()) {
      machines.remove(id);
    }
    tell(machine, Kind.UNDEFINED_REMOVED);
  }

  synchronized void start(DomainId id) throws VirtException {
    AcmeMachine machine = find(id);
    // A copy: redefining the machine does not change its run.
    DomainConfig config =
        machine.isActive() ? null : DomainXml.parse(DomainXml.print(machine.definition));
    boot("start", machine, config);
  }

  /** Asks the guest; it has ended when its process has. */
  synchronized void shutdown(DomainId id) throws VirtException {
    active("shut down", id).process.destroy();
  }

  synchronized void destroy(DomainId id) throws VirtException {
    AcmeMachine machine = active("destroy", id);
    machine.process.destroyForcibly();
    end(machine, Reason.DESTROYED, Kind.STOPPED_DESTROYED);
  }

  synchronized void restart(String action, DomainId id) throws VirtException {
    AcmeMachine machine = active(action, id);
    Process last = machine.process;
    run(action, machine);
    last.destroyForcibly();
    if (machine.status.state() == DomainState.PAUSED) {
      signal(action, machine, "STOP");
    }
  }

  synchronized void suspend(DomainId id) throws VirtException {
    AcmeMachine machine = active("suspend", id);
    if (machine.status.state() == DomainState.RUNNING) {
      signal("suspend", machine, "STOP");
      machine.status = DomainStatus.of(Reason.PAUSED_BY_USER);
      tell(machine, Kind.SUSPENDED_PAUSED);
    }
  }

  synchronized void resume(DomainId id) throws VirtException {
    AcmeMachine machine = active("resume", id);
    if (machine.status.state() == DomainState.RUNNING) {
      throw invalid("resume", machine, "domain is already running");
    }
    signal("resume", machine, "CONT");
    machine.status = DomainStatus.of(Reason.UNPAUSED);
    tell(machine, Kind.RESUMED_UNPAUSED);
  }

  @Override
  public synchronized void close() {
    for (AcmeMachine machine : machines.values()) {
      if (machine.isActive()) {
        machine.process.destroyForcibly();
      }
    }
    machines.clear();
  }

  private void boot(String action, AcmeMachine machine, DomainConfig config) throws VirtException {
    if (machine.isActive()) {
      throw invalid(action, machine, "domain is already active");
    }
    run(action, machine);
    config.id = Integer.toString(++lastNumber);
    machine.live = config;
    machine.status = DomainStatus.of(Reason.BOOTED);
    tell(machine, Kind.STARTED_BOOTED);
  }

  private void run(String action, AcmeMachine machine) throws VirtException {
    try {
      machine.process = new ProcessBuilder("sleep", "infinity").start();
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          action + " domain " + machine.name + ": " + e.getMessage(),
          e);
    }
    machine.process.onExit().thenAccept(ended -> ended(machine, ended));
  }

  /** Learns that a process is over: by itself, by {@link #shutdown}, or because it crashed. */
  private synchronized void ended(AcmeMachine machine, Process process) {
    if (!machine.isActive() || machine.process != process) {
      return;
    }
    if (process.exitValue() == 0 || process.exitValue() == 128 + 15) {
      end(machine, Reason.SHUT_DOWN, Kind.STOPPED_SHUTDOWN);
    } else {
      end(machine, Reason.PROCESS_CRASHED, Kind.STOPPED_CRASHED);
    }
  }

  private void end(AcmeMachine machine, Reason reason, Kind kind) {
    machine.live = null;
    machine.process = null;
    machine.status = DomainStatus.of(reason);
    if (machine.definition == null) {
      machines.remove(machine.id);
    }
    tell(machine, kind);
  }

  private static void signal(String action, AcmeMachine machine, String signal)
      throws VirtException {
    try {
      String kill = "kill -s " + signal + " " + machine.process.pid();
      int status = new ProcessBuilder("sh", "-c", kill).start().waitFor();
      if (status != 0) {
        throw invalid(action, machine, "kill ended with status " + status);
      }
    } catch (IOException e) {
      throw invalid(action, machine, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw invalid(action, machine, "interrupted");
    }
  }

  private static DomainConfig read(String action, String xml) throws VirtException {
    DomainConfig config = DomainXml.parse(xml);
    if (!"acme".equals(config.type)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "%s domain %s: /domain/@type: '%s' is not 'acme'"
              .formatted(action, config.name, config.type));
    }
    if (!config.devices.interfaces.isEmpty()) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          action + " domain " + config.name + ": /domain/devices/interface: not supported");
    }
    config.id = null;
    config.ensureUuid();
    return config;
  }

  /** Returns the machine that a configuration is for, a new one where there is none. */
  private AcmeMachine claim(String action, DomainConfig config) throws VirtException {
    for (AcmeMachine machine : machines.values()) {
      boolean sameId = machine.id.equals(config.domainId());
      boolean sameName = machine.name.equals(config.name);
      if (sameId && sameName) {
        return machine;
      }
      if (sameId || sameName) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "%s domain %s: domain '%s' already exists with uuid %s"
                .formatted(action, config.name, machine.name, machine.id));
      }
    }
    return new AcmeMachine(config);
  }

  private AcmeMachine find(DomainId id) throws VirtException {
    AcmeMachine machine = machines.get(id);
    if (machine == null) {
      throw new VirtException(
          ErrorCode.NO_DOMAIN, "Domain not found: no domain with matching uuid '" + id + "'");
    }
    return machine;
  }

  private AcmeMachine active(String action, DomainId id) throws VirtException {
    AcmeMachine machine = find(id);
    if (!machine.isActive()) {
      throw invalid(action, machine, "domain is not running");
    }
    return machine;
  }

  private static VirtException invalid(String action, AcmeMachine machine, String reason) {
    return new VirtException(
        ErrorCode.OPERATION_INVALID, action + " domain " + machine.name + ": " + reason);
  }

  private void tell(AcmeMachine machine, Kind kind) {
    events.send(new DomainEvent(machine.id, machine.name, kind, ""));
  }
}
