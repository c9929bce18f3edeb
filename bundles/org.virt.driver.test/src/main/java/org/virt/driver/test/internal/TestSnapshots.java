package org.virt.driver.test.internal;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig;

/** The snapshots of one machine: its XML and its state, for disks have no content here. */
record TestSnapshots(TestHost host, DomainId id) implements SnapshotVerbs {
  /** Whoever takes one at once, without a pause or amid writes of the guest, gets it as it is. */
  private static final Set<SnapshotFlag> KNOWN =
      EnumSet.of(
          SnapshotFlag.REDEFINE,
          SnapshotFlag.CURRENT,
          SnapshotFlag.HALT,
          SnapshotFlag.QUIESCE,
          SnapshotFlag.ATOMIC,
          SnapshotFlag.LIVE,
          SnapshotFlag.VALIDATE);

  @Override
  public List<Snapshot> snapshots() throws VirtException {
    return host.on(
        id,
        machine -> {
          SnapshotTree tree = machine.snapshots;
          return tree.all().stream().map(one -> one.describe(tree.current())).toList();
        });
  }

  @Override
  public String createSnapshot(String xml, Set<SnapshotFlag> flags) throws VirtException {
    for (SnapshotFlag flag : flags) {
      if (!KNOWN.contains(flag)) {
        throw new VirtException(
            ErrorCode.INVALID_ARG,
            "take a snapshot: unsupported flags (0x%x): %s".formatted(flag.bit(), flag));
      }
    }
    XmlElement given = ObjectXml.read("domainsnapshot", xml);
    return host.on(id, machine -> create(machine, given, flags));
  }

  private String create(TestMachine machine, XmlElement given, Set<SnapshotFlag> flags)
      throws VirtException {
    boolean again = flags.contains(SnapshotFlag.REDEFINE);
    boolean halt = flags.contains(SnapshotFlag.HALT) && !again && machine.isActive();
    if (halt && machine.definition == null) {
      throw TestHost.invalid(
          "take a snapshot of", machine, "cannot halt after transient domain snapshot");
    }
    SnapshotTree tree = machine.snapshots;
    TestSnapshot made =
        again ? TestSnapshot.again(given, machine) : TestSnapshot.of(given, machine);
    if (!again && tree.contains(made.name())) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "operation failed: domain moment " + made.name() + " already exists");
    }
    tree.put(made);
    if (!again || flags.contains(SnapshotFlag.CURRENT)) {
      tree.makeCurrent(made.name());
    }
    if (halt) {
      host.stop(machine, Reason.SHUTOFF_FROM_SNAPSHOT, Kind.STOPPED_FROM_SNAPSHOT);
    }
    return made.name();
  }

  @Override
  public String snapshotXml(String name) throws VirtException {
    return host.on(id, machine -> machine.snapshots.find(name).xml());
  }

  @Override
  public void deleteSnapshot(String name, Set<DeleteFlag> flags) throws VirtException {
    host.on(
        id,
        machine -> {
          TestSnapshot snapshot = machine.snapshots.find(name);
          boolean only = flags.contains(DeleteFlag.CHILDREN_ONLY);
          if (only || flags.contains(DeleteFlag.CHILDREN)) {
            machine.snapshots.removeBelow(snapshot);
          }
          if (!only) {
            machine.snapshots.remove(snapshot);
          }
          return machine;
        });
  }

  @Override
  public void revertToSnapshot(String name, Set<RevertFlag> flags) throws VirtException {
    host.on(
        id,
        machine -> {
          TestSnapshot snapshot = machine.snapshots.find(name);
          revert(machine, snapshot, flags);
          machine.snapshots.makeCurrent(name);
          return machine;
        });
  }

  private void revert(TestMachine machine, TestSnapshot snapshot, Set<RevertFlag> flags)
      throws VirtException {
    boolean running = flags.contains(RevertFlag.RUNNING);
    boolean paused = flags.contains(RevertFlag.PAUSED);
    if (running && paused) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "revert to a snapshot: flags 'running' and 'paused' are mutually exclusive");
    }
    DomainConfig config = snapshot.config();
    if (snapshot.state().isActive() || running || paused) {
      boolean wasPaused = snapshot.state() == DomainState.PAUSED;
      resume(machine, config, paused || wasPaused && !running);
    } else if (machine.definition == null) {
      throw TestHost.invalid(
          "revert",
          machine,
          "transient domain needs to request run or pause to revert to inactive snapshot");
    } else {
      machine.definition = config;
      if (machine.isActive()) {
        host.stop(machine, Reason.SHUTOFF_FROM_SNAPSHOT, Kind.STOPPED_FROM_SNAPSHOT);
      }
      machine.status = DomainStatus.of(Reason.SHUTOFF_FROM_SNAPSHOT);
    }
  }

  private void resume(TestMachine machine, DomainConfig config, boolean paused) {
    boolean wasPaused = machine.status.state() == DomainState.PAUSED;
    if (machine.isActive()) {
      config.id = machine.live.id;
      machine.live = config;
      if (wasPaused && !paused) {
        host.send(machine, Kind.RESUMED_FROM_SNAPSHOT);
      }
    } else {
      wasPaused = false;
      host.boot(machine, config, Kind.STARTED_FROM_SNAPSHOT);
    }
    machine.status =
        DomainStatus.of(paused ? Reason.PAUSED_FROM_SNAPSHOT : Reason.RUNNING_FROM_SNAPSHOT);
    if (paused && !wasPaused) {
      host.send(machine, Kind.SUSPENDED_FROM_SNAPSHOT);
    }
  }
}
