package org.virt.driver.qemu.internal.machine;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.driver.qemu.internal.linux.ControlGroup;
import org.virt.driver.qemu.internal.linux.ControlGroups;
import org.virt.driver.qemu.internal.linux.ControlGroups.Controller;
import org.virt.driver.qemu.internal.linux.ControlGroups.Version;
import org.virt.model.edit.DomainTree;

/** The control groups of machines, one for each run: {@code machine/virt-HASH-UUID}. */
final class Groups {
  private static final Logger LOG = LoggerFactory.getLogger(Groups.class);
  private static final List<Area> AREAS = List.of(Area.SCHEDULER, Area.MEMORY, Area.BLKIO);

  private final ControlGroups host;
  private final String prefix;
  private final Executor workers;

  /**
   * Makes it.
   *
   * @param hash what tells the machines of one state directory from those of others
   */
  Groups(ControlGroups host, String hash, Executor workers) {
    this.host = host;
    this.prefix = "machine/virt-" + hash + "-";
    this.workers = workers;
  }

  private ControlGroup of(DomainId machine) {
    return host.group(prefix + machine);
  }

  /** Refuses a machine whose share of the host cannot be enforced here. */
  void check(DomainTree tree, DomainId machine) throws VirtException {
    for (Area area : AREAS) {
      if (Shares.isTuned(tree, area)) {
        version(of(machine), area);
      }
    }
  }

  private static Version version(ControlGroup group, Area area) throws VirtException {
    Controller controller = Shares.controller(area);
    Optional<Version> version = group.version(controller);
    return version.orElseThrow(
        () ->
            new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED,
                "%s of the machine cannot be limited: this user may use no control group '%s' here"
                    .formatted(area.name().toLowerCase(Locale.ROOT), controller)));
  }

  /**
   * Begins to move the process of a run into a group of its own, with its share of the host. No
   * guest runs in it before {@link #settle}: until then it goes before those that do, which would
   * have many starts at once take several times as long.
   */
  CompletableFuture<Void> enter(Run run) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            enterNow(run);
          } catch (VirtException e) {
            throw new CompletionException(e);
          }
        },
        workers);
  }

  /** Waits until it has moved, or throws why it has not. */
  static void entered(CompletableFuture<Void> entering) throws VirtException {
    try {
      entering.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof VirtException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void enterNow(Run run) throws VirtException {
    ControlGroup group = of(run.id);
    DomainTree tree = run.live.tree();
    List<Area> tuned = AREAS.stream().filter(area -> Shares.isTuned(tree, area)).toList();
    try {
      group.make();
      weigh(group, Shares.Weight.GREATEST);
      group.add(run.process().id().pid());
      for (Area area : tuned) {
        if (area != Area.SCHEDULER) {
          tell(group, tree, area);
        }
      }
    } catch (VirtException e) {
      if (!tuned.isEmpty()) {
        throw e;
      }
      if (run.process().isAlive()) {
        LOG.warn("domain {}: it has no control group: {}", run.live.config().name, e.getMessage());
      }
    }
  }

  private static void tell(ControlGroup group, DomainTree tree, Area area) throws VirtException {
    for (Shares.Setting setting : Shares.of(tree, area, version(group, area))) {
      if (!setting.child().isEmpty()) {
        group.makeChild(setting.child());
      }
      group.set(setting.controller(), setting.child(), setting.file(), setting.value());
    }
  }

  /** Gives a run its share of the processors, before its guest runs. */
  void settle(Run run, DomainTree tree) throws VirtException {
    ControlGroup group = of(run.id);
    weigh(group, Shares.Weight.USUAL);
    if (Shares.isTuned(tree, Area.SCHEDULER)) {
      tell(group, tree, Area.SCHEDULER);
    }
    place(run, tree);
  }

  /** Sets a group's weight; one that is not there has none. */
  private static void weigh(ControlGroup group, Shares.Weight weight) throws VirtException {
    Optional<Version> version = group.version(Controller.CPU);
    if (version.isPresent()) {
      Shares.Setting told = weight.in(version.get());
      if (group.read(told.controller(), told.file()).isPresent()) {
        group.set(told.controller(), told.child(), told.file(), told.value());
      }
    }
  }

  /** Moves the threads of a run that have limits of their own into groups of their own. */
  void place(Run run, DomainTree tree) throws VirtException {
    if (!Shares.isTuned(tree, Area.SCHEDULER)) {
      return;
    }
    ControlGroup group = of(run.id);
    for (Map.Entry<String, List<Long>> threads : Shares.threads(run, tree).entrySet()) {
      group.makeChild(threads.getKey());
      for (long thread : threads.getValue()) {
        group.addThread(threads.getKey(), thread);
      }
    }
  }

  /** Changes the share of a run. */
  void change(Run run, DomainTree tree, Area area) throws VirtException {
    ControlGroup group = of(run.id);
    tell(group, tree, area);
    if (area == Area.SCHEDULER) {
      place(run, tree);
    }
  }

  /** Has a run's memory come from certain NUMA nodes of the host. */
  void moveMemory(Run run, CpuSet nodes) throws VirtException {
    ControlGroup group = of(run.id);
    if (group.version(Controller.CPUSET).isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "cgroup cpuset controller is not mounted");
    }
    group.moveMemory(nodes, run.process().id().pid());
  }

  /** Returns what has been counted for a run; empty when this is not counted here. */
  Optional<String> read(DomainId machine, Controller controller, String file) throws VirtException {
    return of(machine).read(controller, file);
  }

  /** Removes the group of a run that has ended. */
  void remove(DomainId machine) {
    of(machine).remove();
  }
}
