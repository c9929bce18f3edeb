package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.argv.QemuArgv;
import org.virt.driver.qemu.internal.argv.SocketPaths;
import org.virt.driver.qemu.internal.argv.StartCheck;
import org.virt.driver.qemu.internal.board.OwnWords;
import org.virt.driver.qemu.internal.cpu.HostModel;
import org.virt.driver.qemu.internal.device.Aliases;
import org.virt.driver.qemu.internal.device.Devices;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.host.FirmwareDescriptor;
import org.virt.driver.qemu.internal.host.Kvm;
import org.virt.driver.qemu.internal.host.QemuBinary;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.domain.Interface;
import org.virt.model.edit.DomainTree;

/**
 * Starts machines: state, interfaces, QEMU, then the virtual CPUs. Whichever step fails, all that
 * was done before is taken back.
 */
final class Starter {
  /** What can be done when a guest ends, in whichever way. */
  private static final Set<String> ACTIONS = Set.of("destroy", "restart", "preserve");

  private static final Set<String> DUMPING = Set.of("coredump-destroy", "coredump-restart");

  private final MachineFiles files;
  private final MachineHost.Services services;
  private final Ports ports;
  private final Launcher launcher;
  private final RunStates states;
  private final FileOwners owners;
  private final MachineHooks scripts;

  Starter(
      MachineFiles files,
      MachineHost.Services services,
      Ports ports,
      Launcher launcher,
      FileOwners owners,
      MachineHooks scripts) {
    this.files = files;
    this.scripts = scripts;
    this.services = services;
    this.owners = owners;
    this.ports = ports;
    this.launcher = launcher;
    this.states = new RunStates(files);
  }

  /** Makes and tells of runs. */
  interface Hooks {
    /** Is called when the machine may be in another state. */
    void changed(Machine machine, Run run);

    /** Is called when the process of a started run has ended. */
    void died(Machine machine, Run run);
  }

  /**
   * Starts a machine; the caller has its gate.
   *
   * @param definition complete
   * @param number of the run
   */
  Run start(Machine machine, DomainConfig definition, int number, StartOrder order, Hooks hooks)
      throws VirtException {
    check(definition);
    XmlElement tree = DomainXml.tree(definition);
    launcher.check(new DomainTree(tree), machine.id);
    Optional<Account> user = services.user().account();
    RunPaths paths = files.runs().paths(machine.id, machine.name, user);
    paths.makeSocketFolder(user);
    Guest guest = guest(tree, paths, order);
    String origin = DomainXml.printPublic(tree);
    DomainConfig config = DomainXml.read(guest.element());
    config.id = Integer.toString(number);
    try (Undo undo = new Undo()) {
      undo.add(() -> scripts.release(config));
      undo.add(() -> MachineFiles.deleteRun(paths));
      undo.add(() -> scripts.stopped(config));
      scripts.prepare(config);
      Run[] self = new Run[1];
      Run run =
          new Run(
              machine.id,
              number,
              paths,
              ports.plan(config),
              config,
              origin,
              () -> hooks.changed(machine, self[0]));
      self[0] = run;
      run.account(user);
      List<String> words = new ArrayList<>(QemuArgv.of(guest, facts(config, run)));
      if (order.image().isPresent()) {
        words.addAll(List.of("-incoming", "defer"));
      }
      machine.begin(run);
      undo.add(() -> machine.end(run, Reason.START_FAILED, null, ""));
      states.save(machine, run, RunState.Phase.STARTING);
      lend(machine, run, undo);
      Ports makers = order.image().isPresent() ? ports.ofRestored() : ports;
      for (Port port : run.ports) {
        makers.open(run, config, port, undo);
      }
      new Swtpm(files, paths.sockets(), user, services.secrets())
          .start(guest, order.image().isEmpty(), undo);
      new Virtiofsd(paths).start(guest, undo);
      scripts.start(config);
      List<TapFile> taps = TapFile.all(config, run.ports);
      Launcher.Program program =
          new Launcher.Program(
              OwnWords.environment(guest.root()), words, ports.files(taps, paths.sockets()));
      launcher.launch(run, program, undo, () -> hooks.died(machine, run));
      SecretFile.deleteAll(paths.sockets());
      configure(run, order);
      for (Port port : run.ports) {
        ports.up(port);
      }
      go(machine, run, order);
      scripts.started(run.live.config());
      undo.keep();
      return run;
    }
  }

  /** Has the user of the machine able to open its files. */
  private void lend(Machine machine, Run run, Undo undo) throws VirtException {
    List<FileUse> uses = FileUse.of(run.live.tree());
    if (run.account().isPresent()) {
      undo.add(() -> owners.giveBack(run.id, run.lent));
      if (uses.stream().anyMatch(use -> use.path().startsWith(files.variables()))) {
        files.open(files.variables());
      }
      owners.lend(machine, run, uses, RunState.Phase.STARTING);
    }
  }

  /** Lets the virtual CPUs go, unless they are to wait, and tells of the start. */
  private void go(Machine machine, Run run, StartOrder order) throws VirtException {
    boolean restored = order.image().isPresent();
    Kind kind = restored ? Kind.STARTED_RESTORED : Kind.STARTED_BOOTED;
    if (order.paused()) {
      machine.enter(run, DomainStatus.of(Reason.PAUSED_BY_USER), null);
      states.save(machine, run, RunState.Phase.RUNNING);
      machine.send(kind, "");
      machine.send(restored ? Kind.SUSPENDED_RESTORED : Kind.SUSPENDED_PAUSED, "");
      return;
    }
    machine.enter(run, DomainStatus.of(restored ? Reason.RESTORED : Reason.BOOTED), null);
    states.save(machine, run, RunState.Phase.RUNNING);
    run.execute("cont");
    machine.send(kind, "");
  }

  /** Gives QEMU the memory of the file that the machine is restored from. */
  private static void restore(Run run, Path image) throws VirtException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      new MemoryStream(run).restore(file, SaveImage.read(image).streamStart());
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + image + ": " + e.getMessage(), e);
    }
  }

  private static void check(DomainConfig config) throws VirtException {
    for (String action : List.of(config.onPoweroff, config.onReboot)) {
      if (!ACTIONS.contains(action)) {
        throw Refusal.of("/domain/on_*", "'" + action + "' is not supported");
      }
    }
    if (!ACTIONS.contains(config.onCrash) && !DUMPING.contains(config.onCrash)) {
      throw Refusal.of("/domain/on_crash", "'" + config.onCrash + "' is not supported");
    }
    Optional<String> obstacle = "kvm".equals(config.type) ? Kvm.obstacle() : Optional.empty();
    if (obstacle.isPresent()) {
      throw Refusal.of("/domain/@type", "'kvm': " + obstacle.get());
    }
  }

  /** Names the devices of a run, and the exact machine type that its definition means. */
  private Guest guest(XmlElement definition, RunPaths paths, StartOrder order)
      throws VirtException {
    Guest guest = Guest.of(definition);
    StartCheck.run(guest);
    MachineTypes.settle(guest);
    new HostModel(services.binaries().cpus()).settle(guest);
    new FirmwareChoice(FirmwareDescriptor::ofHost, files.variables()).settle(guest, order);
    SpicePorts.choose(guest);
    Devices.plug(guest);
    Aliases.assign(guest);
    SocketPaths.fill(guest, paths.sockets().toString());
    return guest;
  }

  private Facts facts(DomainConfig config, Run run) throws VirtException {
    QemuBinary binary = services.binaries().ask(Path.of(config.devices.emulator));
    List<TapFile> taps = TapFile.all(config, run.ports);
    return new Facts(
        binary.version(),
        run.paths.monitor().toString(),
        Optional.of(run.paths.ready().toString()),
        run.paths.sockets().toString(),
        PortPlan.taps(
            config, run.ports, file -> Integer.toString(Launcher.FIRST_FILE + taps.indexOf(file))),
        new LiveHost(run.paths, run.account(), services.secrets(), services.tls().get()));
  }

  /** Tells QEMU what no option says, and takes from it what only it knows. */
  private void configure(Run run, StartOrder order) throws VirtException {
    DomainConfig config = run.live.config();
    JsonObject ready = new JsonObject();
    ready.addProperty("id", "charready");
    run.execute("chardev-remove", ready);
    JsonElement devices = run.execute("query-chardev");
    run.live.update(live -> LiveConfig.fillTerminals(live, devices));
    run.live.update(LiveConfig::fillAddresses);
    if (config.devices.graphics.stream().anyMatch(LiveConfig::isVnc)) {
      JsonElement server = run.execute("query-vnc");
      run.live.update(live -> LiveConfig.fillPort(live, server));
    }
    ScreenPassword.setAll(run);
    if (run.live.tree().find("devices", "panic").isPresent()) {
      // Or it asks itself to be shut down as well, while on_crash may have it start anew.
      run.execute("set-action", Json.object("panic", "pause"));
    }
    launcher.place(run);
    Tunes.throttle(run, run.live.tree());
    // Before memory comes: QEMU's end of a link is no part of what was saved.
    for (Interface net : config.devices.interfaces) {
      if (net.link != null && "down".equals(net.link.state)) {
        run.execute("set_link", Json.object("name", net.alias.name, "up", false));
      }
    }
    if (order.image().isPresent()) {
      restore(run, order.image().get());
      return;
    }
    boolean balloon =
        config.devices.memballoon != null && "virtio".equals(config.devices.memballoon.model);
    if (balloon && config.currentMemory.kib() < config.memory.kib()) {
      JsonObject size = new JsonObject();
      size.addProperty("value", config.currentMemory.kib() * 1024);
      run.execute("balloon", size);
    }
    JsonElement status = run.execute("query-status");
    if (!"prelaunch".equals(LiveConfig.status(status))) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "QEMU is not ready to start: " + LiveConfig.status(status));
    }
  }
}
