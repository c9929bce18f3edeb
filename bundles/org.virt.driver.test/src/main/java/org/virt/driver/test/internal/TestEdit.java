package org.virt.driver.test.internal;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Affects.Activity;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DomainTree;

/** Reads and changes the configurations of one machine, of its run and of its definition. */
class TestEdit {
  final TestHost host;
  final DomainId id;

  TestEdit(TestHost host, DomainId id) {
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

  /** Changes run or definition or both, or, when it fails, none. */
  final void change(String action, Affects affects, Change change) throws VirtException {
    host.on(
        id,
        machine -> {
          boolean live = live(action, machine, affects);
          boolean config = config(action, machine, affects);
          DomainConfig run = live ? changed(machine.live, change) : machine.live;
          DomainConfig kept = config ? changed(machine.definition, change) : machine.definition;
          machine.live = run;
          machine.definition = kept;
          return machine;
        });
  }

  /** Reads from the run or, if that is not meant, from the definition. */
  final <T> T look(String action, Affects affects, Look<T> look) throws VirtException {
    return host.on(
        id,
        machine -> {
          boolean live = live(action, machine, affects);
          boolean config = config(action, machine, affects);
          return look.at(tree(live || !config ? machine.live : machine.definition));
        });
  }

  private static DomainTree tree(DomainConfig config) throws VirtException {
    return DomainTree.of(DomainXml.print(config));
  }

  private static DomainConfig changed(DomainConfig config, Change change) throws VirtException {
    DomainTree tree = tree(config);
    change.apply(tree);
    return DomainXml.parse(tree.xml());
  }

  private static Activity activity(TestMachine machine) {
    return machine.isActive() ? Activity.ACTIVE : Activity.INACTIVE;
  }

  private static boolean live(String action, TestMachine machine, Affects affects)
      throws VirtException {
    boolean live = affects.live(activity(machine));
    if (live && !machine.isActive()) {
      throw TestHost.invalid(action, machine, "domain is not running");
    }
    return live;
  }

  private static boolean config(String action, TestMachine machine, Affects affects)
      throws VirtException {
    boolean config = affects.config(activity(machine));
    if (config && machine.definition == null) {
      throw TestHost.invalid(
          action, machine, "transient domains do not have any persistent config");
    }
    return config;
  }
}
