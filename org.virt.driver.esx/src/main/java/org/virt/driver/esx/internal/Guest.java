package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Node;

/** What VMware's tools in the guest tell. */
final class Guest implements AgentVerbs {
  private final Machines machines;
  private final DomainId id;

  Guest(Machines machines, DomainId id) {
    this.machines = machines;
    this.id = id;
  }

  @Override
  public String hostname() throws VirtException {
    String action = "get host name of domain " + id;
    String name = machines.get(action, id, "guest.hostName").text("guest.hostName");
    if (name.isEmpty()) {
      throw new VirtException(
          ErrorCode.AGENT_UNRESPONSIVE, action + ": the guest's tools have not told it");
    }
    return name;
  }

  @Override
  public List<GuestInterface> interfaceAddresses() throws VirtException {
    Found found = machines.get("get addresses of domain " + id, id, "guest.net");
    List<GuestInterface> interfaces = new ArrayList<>();
    for (Node card : found.node("guest.net").children()) {
      List<String> addresses = new ArrayList<>();
      List<Node> full = card.at("ipConfig").all("ipAddress");
      for (Node address : full) {
        addresses.add(address.text("ipAddress") + "/" + address.number("prefixLength", 0));
      }
      interfaces.add(new GuestInterface(card.text("network"), card.text("macAddress"), addresses));
    }
    return interfaces;
  }
}
