package org.virt.driver.esx.internal;

import java.net.URI;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Ref;

/**
 * Moves machines between the hosts of a vCenter.
 *
 * @param vcenter a session with it
 * @param tasks its tasks
 */
record Mover(Vim vcenter, Tasks tasks) {
  private static final String HOST = "runtime.host";

  void move(String action, DomainId id, URI destination) throws VirtException {
    String scheme = destination.getScheme();
    if (scheme == null || !scheme.equals("vpx") || !vcenter.host().equals(destination.getHost())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          action + ": the destination has to be vpx://" + vcenter.host() + "/datacenter/host");
    }
    Inventory there = Inventory.find(vcenter, EsxUri.parse(destination));
    Ref machine = Machines.find(vcenter, action, id);
    if (Query.one(vcenter, action, machine, HOST).node(HOST).ref().equals(there.host())) {
      throw new VirtException(ErrorCode.OPERATION_INVALID, action + ": it is there");
    }
    Body body =
        new Body()
            .ref("pool", there.pool())
            .ref("host", there.host())
            .text("priority", "defaultPriority");
    tasks.run(action, "MigrateVM_Task", machine, body);
  }
}
