package org.virt.driver.qemu.internal.machine;

import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Affects.Activity;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DomainTree;

/**
 * Changes run and definition of one machine: the XML of both first, for that is where wrong
 * requests fail, then QEMU, then what is kept.
 */
class Edits {
  final MachineHost host;
  final DomainId id;

  Edits(MachineHost host, DomainId id) {
    this.host = host;
    this.id = id;
  }

  /** Something that is done to domain XML. */
  @FunctionalInterface
  interface Change {
    void apply(DomainTree tree) throws VirtException;
  }

  /** Something that is read from domain XML. */
  @FunctionalInterface
  interface Look<T> {
    T at(DomainTree tree) throws VirtException;
  }

  /** What QEMU and the host are told of a change of a run. */
  @FunctionalInterface
  interface Live {
    void apply(Run run) throws VirtException;

    /** Stands for a change that needs nothing else than the XML. */
    Live NOTHING = run -> {};

    /** Stands for a change that a run cannot take. */
    static Live impossible(String reason) {
      return run -> {
        throw new VirtException(ErrorCode.OPERATION_UNSUPPORTED, reason);
      };
    }
  }

  /** What is done to the XML of a run, and what to that of a definition. */
  record Both(Change ofRun, Change ofKept) {}

  /** Changes run or definition or both, as it is meant. */
  final void change(String action, Affects affects, Change change, Live live) throws VirtException {
    change(action, affects, new Both(change, change), live);
  }

  /** As the other, where a run's XML changes in another way than what is kept. */
  final void change(String action, Affects affects, Both change, Live live) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter(action)) {
      Run run = machine.run();
      boolean onRun = onRun(action, machine, affects);
      boolean onKept = onKept(action, machine, affects);
      DomainConfig next = onRun ? changed(run.live.secretXml(), change.ofRun()) : null;
      DomainConfig kept = null;
      if (onKept) {
        DomainTree tree = DomainTree.of(machine.definition().xml());
        change.ofKept().apply(tree);
        kept = host.definitions().complete(action, tree.xml());
      }
      if (onRun) {
        live.apply(run);
        next.id = run.live.config().id;
        run.live.replace(next);
        machine.resized(next);
        host.states().save(machine, run, RunState.Phase.RUNNING);
      }
      if (onKept) {
        host.definitions().replace(machine, kept);
      }
    } catch (VirtException e) {
      throw told(action, machine, e);
    }
  }

  private static DomainConfig changed(String xml, Change change) throws VirtException {
    DomainTree tree = DomainTree.of(xml);
    change.apply(tree);
    return DomainXml.parse(tree.xml());
  }

  /** Names machine and action, unless the message does so already. */
  static VirtException told(String action, Machine machine, VirtException e) {
    return e.getMessage().contains("domain ") ? e : MachineHost.about(action, machine.name, e);
  }

  /** Reads from the run or, if that is not meant, from the definition. */
  final <T> T look(String action, Affects affects, Look<T> look) throws VirtException {
    Machine machine = host.find(id);
    boolean onRun = onRun(action, machine, affects);
    boolean onKept = onKept(action, machine, affects);
    Run run = machine.run();
    if (onRun || !onKept) {
      if (run == null) {
        throw machine.invalid(action, "domain is not running");
      }
      return look.at(DomainTree.of(run.live.xml()));
    }
    return look.at(DomainTree.of(machine.definition().publicXml()));
  }

  private static Activity activity(Machine machine) {
    return machine.run() == null ? Activity.INACTIVE : Activity.ACTIVE;
  }

  /** Says whether the run is meant. */
  static boolean onRun(String action, Machine machine, Affects affects) throws VirtException {
    boolean live = affects.live(activity(machine));
    if (live && machine.run() == null) {
      throw machine.invalid(action, "domain is not running");
    }
    return live;
  }

  /** Says whether the definition is meant. */
  static boolean onKept(String action, Machine machine, Affects affects) throws VirtException {
    boolean config = affects.config(activity(machine));
    if (config && machine.definition() == null) {
      throw machine.invalid(action, "transient domains do not have any persistent config");
    }
    return config;
  }
}
