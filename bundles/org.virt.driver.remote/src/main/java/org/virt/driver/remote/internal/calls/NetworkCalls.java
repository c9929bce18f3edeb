package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.network.VirtualNetwork.Persistence;
import org.virt.api.network.VirtualNetwork.State;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about virtual networks. */
record NetworkCalls(Far far) implements Networks {
  /** {@code virConnectListAllNetworksFlags}: active, persistent, autostart. */
  private static final Listing.Flags FLAGS = new Listing.Flags(2, 4, 16);

  /** {@code VIR_NETWORK_XML_INACTIVE}. */
  private static final int INACTIVE = 1;

  private static final int ANY_PARENT = -1;

  /**
   * libvirt's feature {@code NETWORK_UPDATE_HAS_CORRECT_ORDER}: older ends take command and section
   * for each other.
   */
  private static final int UPDATE_IN_ORDER = 16;

  @Override
  public List<VirtualNetwork> networks() throws VirtException {
    Listing listing = new Listing(far, "connect_list_all_networks", "nets", FLAGS);
    List<VirtualNetwork> networks = new ArrayList<>();
    for (XdrStruct network : listing.all()) {
      networks.add(network(network, listing));
    }
    return networks;
  }

  @Override
  public String networkXml(String name) throws VirtException {
    return far.call("network_get_xml_desc", named(name), 0).text("xml");
  }

  @Override
  public String networkDefinitionXml(String name) throws VirtException {
    return far.call("network_get_xml_desc", named(name), INACTIVE).text("xml");
  }

  @Override
  public void updateNetwork(String name, NetworkUpdate update, Affects affects)
      throws VirtException {
    int command = update.command().number();
    int section = update.section().number();
    boolean inOrder =
        far.call("connect_supports_feature", UPDATE_IN_ORDER).integer("supported") != 0;
    far.call(
        "network_update",
        named(name),
        inOrder ? command : section,
        inOrder ? section : command,
        update.parent().orElse(ANY_PARENT),
        update.xml(),
        affects.bits());
  }

  @Override
  public String defineNetwork(String xml) throws VirtException {
    return far.call("network_define_xml", xml).struct("net").text("name");
  }

  @Override
  public String createNetwork(String xml) throws VirtException {
    return far.call("network_create_xml", xml).struct("net").text("name");
  }

  @Override
  public void startNetwork(String name) throws VirtException {
    far.call("network_create", named(name));
  }

  @Override
  public void destroyNetwork(String name) throws VirtException {
    far.call("network_destroy", named(name));
  }

  @Override
  public void undefineNetwork(String name) throws VirtException {
    far.call("network_undefine", named(name));
  }

  @Override
  public void autostartNetwork(String name, Autostart autostart) throws VirtException {
    far.call("network_set_autostart", named(name), autostart == Autostart.ON ? 1 : 0);
  }

  private XdrStruct named(String name) throws VirtException {
    return far.call("network_lookup_by_name", name).struct("net");
  }

  private VirtualNetwork network(XdrStruct network, Listing listing) throws VirtException {
    return new VirtualNetwork(
        network.text("name"),
        network.uuid("uuid"),
        listing.isActive(network) ? State.ACTIVE : State.INACTIVE,
        Persistence.values()[listing.persistence(network)],
        bridge(network));
  }

  /** Networks without a bridge answer with an error. */
  private Optional<String> bridge(XdrStruct network) throws VirtException {
    Answer bridge = far.begin("network_get_bridge_name", network);
    try {
      return Optional.of(far.await(bridge).text("name"));
    } catch (VirtException e) {
      if (Set.of(ErrorCode.INTERNAL_ERROR, ErrorCode.NO_SUPPORT, ErrorCode.NO_NETWORK)
          .contains(e.code())) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
