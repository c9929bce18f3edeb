package org.virt.driver.qemu.internal.machine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.driver.qemu.internal.linux.ControlGroups;
import org.virt.driver.qemu.internal.linux.ProcessWatch;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** The machines of one folder of the state directory, and what can be done with them. */
public final class MachineHost implements AutoCloseable {
  private static final int STARTERS = 4;

  private final MachineFiles files;
  private final RunStates states;
  private final HostSecrets secrets;
  private final Definitions definitions;
  private final Verbs verbs;
  private final Ports ports;
  private final Groups groups;
  private final FileOwners owners;
  private final ProcessWatch watch = new ProcessWatch();
  private final DomainListeners events = new DomainListeners("qemu");
  private final MachineHooks scripts;
  private final Starts starts;
  private final Ender ender;
  private final Follower follower;
  private final Unplugger unplugger = new Unplugger(this);
  private final Map<DomainId, Machine> machines = new ConcurrentHashMap<>();

  /** The same by name; guarded by {@link #machines}, as are their changes. */
  private final Map<String, Machine> names = new HashMap<>();

  private final ThreadPoolExecutor starters = Threads.pool("virt-qemu-start", STARTERS);

  /**
   * What machines of all folders share.
   *
   * @param user who runs them
   * @param secrets what they may use
   * @param tls how screens are served of machines that start
   */
  public record Services(
      QemuBinaries binaries,
      HostNetwork network,
      QemuUser user,
      HostSecrets secrets,
      Supplier<ScreenTls> tls) {}

  /**
   * Makes it; machines are found by {@link Recovery}.
   *
   * @param area folder within the state directory
   */
  public MachineHost(StateDirectory state, String area, Services services) throws VirtException {
    this.files = new MachineFiles(state, area);
    this.states = new RunStates(files);
    this.secrets = services.secrets();
    this.ports = new Ports(services.network());
    this.scripts = new MachineHooks(state.configuration());
    this.groups = new Groups(ControlGroups.ofHost(), files.runs().hash(), starters);
    this.owners = new FileOwners(states, files.runs().hash());
    Launcher launcher = new Launcher(watch, groups);
    this.starts = new Starts(this, new Starter(files, services, ports, launcher, owners, scripts));
    this.ender = new Ender(ports, groups, owners, scripts);
    this.follower = new Follower(this);
    this.definitions = new Definitions(this, files, services.binaries());
    this.verbs = new Verbs(this, states, ender);
  }

  MachineHooks scripts() {
    return scripts;
  }

  HostSecrets secrets() {
    return secrets;
  }

  RunStates states() {
    return states;
  }

  Unplugger unplugger() {
    return unplugger;
  }

  Follower follower() {
    return follower;
  }

  Ender ender() {
    return ender;
  }

  MachineFiles files() {
    return files;
  }

  Ports ports() {
    return ports;
  }

  Groups groups() {
    return groups;
  }

  FileOwners owners() {
    return owners;
  }

  ProcessWatch watch() {
    return watch;
  }

  Definitions definitions() {
    return definitions;
  }

  Verbs verbs() {
    return verbs;
  }

  Starts starts() {
    return starts;
  }

  /** Returns all machines. */
  List<Machine> all() {
    return List.copyOf(machines.values());
  }

  /** Finds a machine, empty when there is none. */
  Optional<Machine> known(DomainId id) {
    return Optional.ofNullable(machines.get(id));
  }

  /** Finds a machine, or throws {@code NO_DOMAIN}. */
  Machine find(DomainId id) throws VirtException {
    Machine machine = machines.get(id);
    if (machine == null) {
      throw Machine.gone(id);
    }
    return machine;
  }

  Subscription subscribe(DomainListener listener) {
    return events.subscribe(listener);
  }

  /** Returns the machine of a name and UUID, a new one where neither is known. */
  Machine claim(String action, DomainId id, String name) throws VirtException {
    synchronized (machines) {
      Machine sameId = machines.get(id);
      Machine sameName = names.get(name);
      Machine known = sameId == null ? sameName : sameId;
      if (sameId != sameName) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "%s domain %s: domain '%s' already exists with uuid %s"
                .formatted(action, name, known.name, known.id));
      }
      if (known != null) {
        return known;
      }
      Machine machine = new Machine(id, name, events);
      machines.put(id, machine);
      names.put(name, machine);
      return machine;
    }
  }

  /** Gives a machine that is not active another name; the caller has its gate. */
  void rename(Machine machine, String name) throws VirtException {
    MachineFiles.check(name);
    synchronized (machines) {
      if (names.containsKey(name)) {
        throw machine.invalid("rename", "domain with name '" + name + "' already exists");
      }
      DomainConfig config = DomainXml.parse(machine.definition().xml());
      String before = machine.name;
      config.name = name;
      definitions.replace(machine, config);
      files.rename(before, name);
      machine.send(Kind.UNDEFINED_RENAMED, "");
      machine.name = name;
      names.remove(before, machine);
      names.put(name, machine);
      machine.send(Kind.DEFINED_RENAMED, "");
    }
  }

  /** Forgets a machine of which nothing is left. */
  void forget(Machine machine) {
    synchronized (machines) {
      if (machine.definition() == null && machine.run() == null) {
        machine.remove();
        machines.remove(machine.id, machine);
        names.remove(machine.name, machine);
      }
    }
  }

  static VirtException about(String action, String name, VirtException e) {
    return new VirtException(e.code(), action + " domain " + name + ": " + e.getMessage(), e);
  }

  /** Has the ports of running machines protected that should be and are not; else they are shut. */
  public void protect() {
    for (Machine machine : all()) {
      Run run = machine.run();
      if (run != null && HostNetwork.isFiltered(run.ports)) {
        follower.protect(machine, run);
      }
    }
  }

  /** Lets go of all machines; they run on. */
  @Override
  public void close() {
    follower.close();
    starters.shutdown();
    ender.close();
    watch.close();
    events.close();
    for (Machine machine : all()) {
      Run run = machine.run();
      if (run != null) {
        run.release();
      }
    }
  }
}
