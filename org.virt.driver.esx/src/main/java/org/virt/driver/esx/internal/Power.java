package org.virt.driver.esx.internal;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Ref;

/** Starts and ends machines. */
final class Power {
  static final String ON = "poweredOn";
  static final String OFF = "poweredOff";
  static final String SUSPENDED = "suspended";

  private final Vim vim;
  private final Inventory place;
  private final Machines machines;
  private final Tasks tasks;

  Power(Vim vim, Inventory place, Machines machines, Tasks tasks) {
    this.vim = vim;
    this.place = place;
    this.machines = machines;
    this.tasks = tasks;
  }

  void start(DomainId id) throws VirtException {
    powerOn("start domain " + id, id, OFF);
  }

  void resume(DomainId id) throws VirtException {
    powerOn("resume domain " + id, id, SUSPENDED);
  }

  private void powerOn(String action, DomainId id, String from) throws VirtException {
    Ref machine = machines.inState(action, id, from);
    tasks.run(action, "PowerOnVM_Task", machine, new Body().ref("host", place.host()));
  }

  void suspend(DomainId id) throws VirtException {
    run("suspend domain " + id, id, "SuspendVM_Task", ON);
  }

  void reset(DomainId id) throws VirtException {
    run("reset domain " + id, id, "ResetVM_Task", ON);
  }

  void destroy(DomainId id) throws VirtException {
    run("destroy domain " + id, id, "PowerOffVM_Task", ON, SUSPENDED);
  }

  private void run(String action, DomainId id, String method, String... from) throws VirtException {
    tasks.run(action, method, machines.inState(action, id, from), new Body());
  }

  void shutdown(DomainId id) throws VirtException {
    guest("shut down domain " + id, id, "ShutdownGuest");
  }

  void reboot(DomainId id) throws VirtException {
    guest("reboot domain " + id, id, "RebootGuest");
  }

  /** Asks the guest's tools, which takes no task. */
  private void guest(String action, DomainId id, String method) throws VirtException {
    vim.ask(action, method, machines.inState(action, id, ON), new Body());
  }

  void undefine(DomainId id) throws VirtException {
    String action = "undefine domain " + id;
    vim.ask(action, "UnregisterVM", machines.inState(action, id, OFF, SUSPENDED), new Body());
  }
}
