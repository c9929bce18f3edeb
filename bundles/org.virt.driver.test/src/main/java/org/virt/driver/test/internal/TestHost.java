package org.virt.driver.test.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListeners;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.domain.Interface;

/**
 * The machines of a host that exists in memory only. One lock guards them all, for nothing here
 * takes long; events are put in line under it, so that they come in the order in which things
 * happened.
 */
final class TestHost {
  private final Map<DomainId, TestMachine> machines = new LinkedHashMap<>();
  private final DomainListeners events;
  private final TestNetworks networks;
  private final TestPools pools;
  private int lastNumber;

  /** Makes a host with one of each kind, active, as libvirt's test driver has it. */
  TestHost(DomainListeners events) {
    this.events = events;
    this.networks = new TestNetworks(events);
    this.pools = new TestPools(events);
    try {
      String xml = resource("test.xml");
      start(define(xml));
    } catch (VirtException e) {
      throw new IllegalStateException("make the machine test", e);
    }
  }

  /** Something that is done with a machine while nobody else does. */
  @FunctionalInterface
  interface Work<T> {
    T with(TestMachine machine) throws VirtException;
  }

  /** Does something with a machine. */
  synchronized <T> T on(DomainId id, Work<T> work) throws VirtException {
    return work.with(find(id));
  }

  /** Does something with a machine that is active. */
  synchronized <T> T onActive(String action, DomainId id, Work<T> work) throws VirtException {
    return work.with(active(action, id));
  }

  TestNetworks networks() {
    return networks;
  }

  TestPools pools() {
    return pools;
  }

  synchronized List<DomainSummary> list() {
    return machines.values().stream().map(TestMachine::summary).toList();
  }

  synchronized DomainSummary summary(DomainId id) throws VirtException {
    return find(id).summary();
  }

  synchronized DomainInfo info(DomainId id) throws VirtException {
    return find(id).info();
  }

  synchronized String xml(DomainId id, XmlView view) throws VirtException {
    return find(id).xml(view);
  }

  synchronized String xml(DomainId id, XmlView view, Function<DomainConfig, String> printer)
      throws VirtException {
    return find(id).xml(view, printer);
  }

  synchronized DomainId define(String xml) throws VirtException {
    DomainConfig config = parse("define", xml);
    TestMachine machine = claim("define", config);
    boolean known = machine.definition != null;
    machine.definition = config;
    if (machines.put(machine.id, machine) == null) {
      machine.status = DomainStatus.of(Reason.SHUT_DOWN);
    }
    send(machine, known ? Kind.DEFINED_UPDATED : Kind.DEFINED_ADDED);
    return machine.id;
  }

  synchronized DomainId create(String xml) throws VirtException {
    DomainConfig config = parse("create", xml);
    TestMachine machine = claim("create", config);
    inactive("create", machine);
    machines.put(machine.id, machine);
    boot(machine, config, Kind.STARTED_BOOTED);
    return machine.id;
  }

  synchronized void undefine(DomainId id) throws VirtException {
    TestMachine machine = persistent("undefine", id);
    if (!machine.isActive() && machine.snapshots.size() > 0) {
      throw invalid(
          "undefine",
          machine,
          "cannot delete inactive domain with " + machine.snapshots.size() + " snapshots");
    }
    machine.definition = null;
    machine.autostart = false;
    if (!machine.isActive()) {
      machines.remove(id);
    }
    send(machine, Kind.UNDEFINED_REMOVED);
  }

  synchronized void start(DomainId id) throws VirtException {
    TestMachine machine = find(id);
    inactive("start", machine);
    if (machine.saved == null) {
      boot(machine, DomainXml.parse(DomainXml.print(machine.definition)), Kind.STARTED_BOOTED);
    } else {
      boot(machine, machine.saved, Kind.STARTED_RESTORED);
      machine.saved = null;
    }
  }

  /** Gives a machine that is not active another name. */
  synchronized void rename(DomainId id, String name) throws VirtException {
    TestMachine machine = persistent("rename", id);
    if (machine.isActive()) {
      throw invalid("rename", machine, "cannot rename active domain");
    }
    if (machine.name.equals(name)) {
      throw invalid("rename", machine, "Can't rename domain to itself");
    }
    if (name.isEmpty() || name.contains("/") || name.contains("\n")) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "rename domain " + machine.name + ": name '" + name + "' is not allowed");
    }
    if (machines.values().stream().anyMatch(other -> other.name.equals(name))) {
      throw invalid("rename", machine, "domain with name '" + name + "' already exists");
    }
    send(machine, Kind.UNDEFINED_RENAMED);
    machine.name = name;
    machine.definition.name = name;
    send(machine, Kind.DEFINED_RENAMED);
  }

  /** Ends a run in a way that leaves it to be restored. */
  synchronized DomainConfig save(DomainId id) throws VirtException {
    TestMachine machine = active("save", id);
    DomainConfig config = machine.live;
    config.id = null;
    stop(machine, Reason.SAVED, Kind.STOPPED_SAVED);
    return config;
  }

  /** Starts a machine as it was saved. */
  synchronized DomainId restore(DomainConfig config) throws VirtException {
    TestMachine machine = claim("restore", config);
    inactive("restore", machine);
    machines.put(machine.id, machine);
    boot(machine, config, Kind.STARTED_RESTORED);
    return machine.id;
  }

  void tell(DomainNotice notice) {
    events.send(notice);
  }

  synchronized void shutdown(DomainId id) throws VirtException {
    stop(active("shut down", id), Reason.SHUT_DOWN, Kind.STOPPED_SHUTDOWN);
  }

  synchronized void destroy(DomainId id) throws VirtException {
    stop(active("destroy", id), Reason.DESTROYED, Kind.STOPPED_DESTROYED);
  }

  synchronized void reboot(DomainId id) throws VirtException {
    TestMachine machine = active("reboot", id);
    machine.status = DomainStatus.of(Reason.BOOTED);
    events.send(new DomainNotice.Plain(machine.subject(), DomainNotice.Type.REBOOT));
  }

  synchronized void reset(DomainId id) throws VirtException {
    active("reset", id);
  }

  synchronized void suspend(DomainId id) throws VirtException {
    TestMachine machine = active("suspend", id);
    if (machine.status.state() == DomainState.RUNNING) {
      machine.status = DomainStatus.of(Reason.PAUSED_BY_USER);
      send(machine, Kind.SUSPENDED_PAUSED);
    }
  }

  synchronized void resume(DomainId id) throws VirtException {
    TestMachine machine = active("resume", id);
    if (machine.status.state() == DomainState.RUNNING) {
      throw invalid("resume", machine, "domain is already running");
    }
    machine.status = DomainStatus.of(Reason.UNPAUSED);
    send(machine, Kind.RESUMED_UNPAUSED);
  }

  synchronized void autostart(DomainId id, Autostart autostart) throws VirtException {
    persistent("set autostart of", id).autostart = autostart == Autostart.ON;
  }

  /** Reads a text that comes with the driver. */
  static String resource(String name) {
    try (InputStream in = TestHost.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("read " + name, e);
    }
  }

  /** Begins a run; under the lock. */
  void boot(TestMachine machine, DomainConfig config, Kind event) {
    config.id = Integer.toString(++lastNumber);
    machine.live = config;
    machine.status =
        DomainStatus.of(
            switch (event) {
              case STARTED_RESTORED -> Reason.RESTORED;
              case STARTED_FROM_SNAPSHOT -> Reason.RUNNING_FROM_SNAPSHOT;
              default -> Reason.BOOTED;
            });
    machine.started = Instant.now();
    machine.frozen = false;
    send(machine, event);
  }

  /** Ends a run; under the lock. */
  void stop(TestMachine machine, Reason reason, Kind event) {
    machine.live = null;
    machine.status = DomainStatus.of(reason);
    if (machine.definition == null) {
      machines.remove(machine.id);
    }
    send(machine, event);
  }

  void send(TestMachine machine, Kind kind) {
    events.send(new DomainEvent(machine.id, machine.name, kind, ""));
  }

  static DomainConfig parse(String action, String xml) throws VirtException {
    DomainConfig config = DomainXml.parse(xml);
    if (!config.type.equals("test")) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "%s domain %s: /domain/@type: '%s' is not 'test'"
              .formatted(action, config.name, config.type));
    }
    config.id = null;
    config.ensureUuid();
    config.devices.interfaces.forEach(Interface::ensureMac);
    return config;
  }

  /** Returns the machine that a configuration is for, a new one where there is none. */
  private TestMachine claim(String action, DomainConfig config) throws VirtException {
    for (TestMachine machine : machines.values()) {
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
    return new TestMachine(config);
  }

  private TestMachine find(DomainId id) throws VirtException {
    TestMachine machine = machines.get(id);
    if (machine == null) {
      throw new VirtException(
          ErrorCode.NO_DOMAIN, "Domain not found: no domain with matching uuid '" + id + "'");
    }
    return machine;
  }

  private TestMachine active(String action, DomainId id) throws VirtException {
    TestMachine machine = find(id);
    if (!machine.isActive()) {
      throw invalid(action, machine, "domain is not running");
    }
    return machine;
  }

  private static void inactive(String action, TestMachine machine) throws VirtException {
    if (machine.isActive()) {
      throw invalid(action, machine, "domain is already active");
    }
  }

  private TestMachine persistent(String action, DomainId id) throws VirtException {
    TestMachine machine = find(id);
    if (machine.definition == null) {
      throw invalid(action, machine, "domain is transient");
    }
    return machine;
  }

  static VirtException invalid(String action, TestMachine machine, String reason) {
    return new VirtException(
        ErrorCode.OPERATION_INVALID, action + " domain " + machine.name + ": " + reason);
  }
}
