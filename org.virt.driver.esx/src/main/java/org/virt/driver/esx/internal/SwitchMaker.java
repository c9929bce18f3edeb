package org.virt.driver.esx.internal;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;

/** Makes and removes virtual switches of the host. */
final class SwitchMaker {
  private static final String SYSTEM = "configManager.networkSystem";

  /** As many as the host's own client gives one. */
  private static final int PORTS = 128;

  private final Vim vim;
  private final Inventory place;

  SwitchMaker(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
  }

  private Ref system(String action) throws VirtException {
    return Query.one(vim, action, place.host(), SYSTEM).node(SYSTEM).ref();
  }

  /** Makes a switch with its port groups, or nothing. */
  void make(String action, NetworkPlan plan) throws VirtException {
    Ref system = system(action);
    Body body = new Body().text("vswitchName", plan.name()).open("spec").text("numPorts", PORTS);
    if (!plan.uplinks().isEmpty()) {
      body.open("bridge", "HostVirtualSwitchBondBridge");
      plan.uplinks().forEach(device -> body.text("nicDevice", device));
      body.close("bridge");
    }
    vim.ask(action, "AddVirtualSwitch", system, body.close("spec"));
    try {
      for (NetworkPlan.Group group : plan.groups()) {
        Body port = new Body().open("portgrp").text("name", group.name());
        port.text("vlanId", group.vlan()).text("vswitchName", plan.name());
        port.open("policy").close("policy").close("portgrp");
        vim.ask(action, "AddPortGroup", system, port);
      }
    } catch (VirtException e) {
      takeBack(action, system, plan.name(), e);
      throw e;
    }
  }

  /** The host removes a switch together with port groups that nobody uses. */
  private void takeBack(String action, Ref system, String name, VirtException reason) {
    try {
      vim.ask(action, "RemoveVirtualSwitch", system, new Body().text("vswitchName", name));
    } catch (VirtException e) {
      reason.addSuppressed(e);
    }
  }

  /** Removes a switch and its port groups, unless one of them is used. */
  void remove(String action, String name, List<Node> groups) throws VirtException {
    for (Node group : groups) {
      if (!group.all("port").isEmpty()) {
        throw new VirtException(
            ErrorCode.OPERATION_INVALID,
            "%s: port group '%s' is in use".formatted(action, group.text("spec.name")));
      }
    }
    Ref system = system(action);
    for (Node group : groups) {
      Body body = new Body().text("pgName", group.text("spec.name"));
      vim.ask(action, "RemovePortGroup", system, body);
    }
    vim.ask(action, "RemoveVirtualSwitch", system, new Body().text("vswitchName", name));
  }
}
