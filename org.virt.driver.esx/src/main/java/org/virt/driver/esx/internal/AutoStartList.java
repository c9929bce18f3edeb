package org.virt.driver.esx.internal;

import org.virt.api.Domain.Autostart;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Ref;

/** The host's list of machines that start with it. */
final class AutoStartList {
  private final Vim vim;
  private final Inventory place;
  private final Machines machines;

  AutoStartList(Vim vim, Inventory place, Machines machines) {
    this.vim = vim;
    this.place = place;
    this.machines = machines;
  }

  void set(DomainId id, Autostart autostart) throws VirtException {
    String action = "set autostart of domain " + id;
    Ref machine = machines.find(action, id);
    Found host =
        Query.one(
            vim,
            action,
            place.host(),
            "configManager.autoStartManager",
            "config.autoStart.defaults.enabled");
    Ref manager = host.node("configManager.autoStartManager").ref();
    if (manager.value().isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, action + ": " + vim.host() + " has no autoStartManager");
    }
    boolean on = autostart == Autostart.ON;
    Body body = new Body().open("spec");
    if (on && !host.text("config.autoStart.defaults.enabled").equals("true")) {
      // Without this the host heeds no list at all.
      body.open("defaults").text("enabled", true).close("defaults");
    }
    body.open("powerInfo").ref("key", machine);
    body.text("startOrder", -1).text("startDelay", -1).text("waitForHeartbeat", "systemDefault");
    body.text("startAction", on ? "powerOn" : "none").text("stopDelay", -1);
    body.text("stopAction", "none").close("powerInfo").close("spec");
    vim.ask(action, "ReconfigureAutostart", manager, body);
  }
}
