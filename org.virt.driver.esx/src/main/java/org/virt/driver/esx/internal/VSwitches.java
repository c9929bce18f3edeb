package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Node;

/** The host's virtual switches as networks, and its port groups of distributed switches. */
final class VSwitches implements Networks {
  private final Vim vim;
  private final Inventory place;
  private final SwitchMaker maker;

  VSwitches(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
    this.maker = new SwitchMaker(vim, place);
  }

  @Override
  public List<VirtualNetwork> networks() throws VirtException {
    List<VirtualNetwork> networks = new ArrayList<>();
    for (Found found : ask("list networks of " + vim.host())) {
      if (found.ref().type().equals("HostSystem")) {
        for (Node one : found.node("config.network.vswitch").children()) {
          networks.add(network(one.text("name"), one.text("key")));
        }
      } else if (isDistributed(found)) {
        networks.add(network(found.text("name"), found.text("key")));
      }
    }
    return networks;
  }

  private static VirtualNetwork network(String name, String key) {
    return new VirtualNetwork(
        name,
        Digests.uuid(key),
        VirtualNetwork.State.ACTIVE,
        VirtualNetwork.Persistence.AUTOSTART,
        Optional.empty());
  }

  private List<Found> ask(String action) throws VirtException {
    return new Query()
        .properties(
            "HostSystem",
            "config.network.vswitch",
            "config.network.portgroup",
            "config.network.pnic")
        .properties("Network", "name")
        .properties("DistributedVirtualPortgroup", "name", "key")
        .from(place.host())
        .via("HostSystem", "network")
        .ask(vim, action);
  }

  @Override
  public String defineNetwork(String xml) throws VirtException {
    NetworkPlan plan = NetworkPlan.read(xml);
    String action = "define network " + plan.name();
    for (Found found : ask(action)) {
      for (Node one : found.node("config.network.vswitch").children()) {
        refuse(action, "switch", one.text("name"), List.of(plan.name()));
      }
      for (Node one : found.node("config.network.portgroup").children()) {
        List<String> names = plan.groups().stream().map(NetworkPlan.Group::name).toList();
        refuse(action, "port group", one.text("spec.name"), names);
      }
    }
    maker.make(action, plan);
    return plan.name();
  }

  private static void refuse(String action, String kind, String name, List<String> wanted)
      throws VirtException {
    if (wanted.contains(name)) {
      throw new VirtException(
          ErrorCode.NETWORK_EXIST, "%s: %s '%s' exists already".formatted(action, kind, name));
    }
  }

  @Override
  public void undefineNetwork(String name) throws VirtException {
    String action = "undefine network " + name;
    for (Found found : ask(action)) {
      for (Node one : found.node("config.network.vswitch").children()) {
        if (one.text("name").equals(name)) {
          List<String> keys = one.all("portgroup").stream().map(Node::text).toList();
          List<Node> groups =
              found.node("config.network.portgroup").children().stream()
                  .filter(group -> keys.contains(group.text("key")))
                  .toList();
          maker.remove(action, name, groups);
          return;
        }
      }
    }
    throw new VirtException(
        ErrorCode.NO_NETWORK,
        action + ": Network not found: no switch of this host has the name '" + name + "'");
  }

  @Override
  public String networkXml(String name) throws VirtException {
    List<Found> all = ask("get XML of network " + name);
    for (Found found : all) {
      if (isDistributed(found) && found.text("name").equals(name)) {
        return head(name, found.text("key")).close().toString();
      }
      for (Node one : found.node("config.network.vswitch").children()) {
        if (one.text("name").equals(name)) {
          return xml(one, found, machineNetworks(all));
        }
      }
    }
    throw new VirtException(
        ErrorCode.NO_NETWORK, "Network not found: no network with matching name '" + name + "'");
  }

  private static XmlWriter head(String name, String key) {
    return new XmlWriter().open("network").element("name", name).element("uuid", Digests.uuid(key));
  }

  private static boolean isDistributed(Found found) {
    return found.ref().type().equals("DistributedVirtualPortgroup");
  }

  /** Names what machines may be connected to; the host's own port groups are not among them. */
  private static Set<String> machineNetworks(List<Found> all) {
    return all.stream()
        .filter(found -> found.ref().type().equals("Network"))
        .map(found -> found.text("name"))
        .collect(Collectors.toSet());
  }

  private static String xml(Node one, Found host, Set<String> machineNetworks) {
    XmlWriter out = head(one.text("name"), one.text("key"));
    List<Node> uplinks = one.all("pnic");
    if (!uplinks.isEmpty()) {
      out.open("forward").attribute("dev", device(uplinks.get(0).text(), host));
      out.attribute("mode", "bridge");
      for (Node uplink : uplinks) {
        out.open("interface").attribute("dev", device(uplink.text(), host)).close();
      }
      out.close();
    }
    List<String> keys = one.all("portgroup").stream().map(Node::text).toList();
    for (Node group : host.node("config.network.portgroup").children()) {
      String name = group.text("spec.name");
      if (keys.contains(group.text("key")) && machineNetworks.contains(name)) {
        out.open("portgroup").attribute("name", name);
        if (group.number("spec.vlanId", 0) > 0) {
          String tag = group.text("spec.vlanId");
          out.open("vlan").open("tag").attribute("id", tag).close().close();
        }
        out.close();
      }
    }
    return out.close().toString();
  }

  private static String device(String key, Found host) {
    for (Node nic : host.node("config.network.pnic").children()) {
      if (nic.text("key").equals(key)) {
        return nic.text("device");
      }
    }
    return key;
  }
}
