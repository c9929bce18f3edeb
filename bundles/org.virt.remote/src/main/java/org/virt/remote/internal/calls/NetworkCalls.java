package org.virt.remote.internal.calls;

import java.util.List;
import java.util.function.Predicate;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.network.VirtualNetwork.Persistence;
import org.virt.api.network.VirtualNetwork.State;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Virtual networks. A driver without them has none. */
final class NetworkCalls {
  private static final StructType NETWORK = Protocol.libvirt().struct("remote_nonnull_network");

  /** {@code virConnectListAllNetworksFlags}. */
  private static final int LIST_FLAGS = 0x3f;

  private static final int INACTIVE = 1;
  private static final int ACTIVE = 2;
  private static final int PERSISTENT = 4;
  private static final int TRANSIENT = 8;
  private static final int AUTOSTART = 16;
  private static final int NO_AUTOSTART = 32;
  private static final int XML_INACTIVE = 1;

  /** {@code VIR_NETWORK_DEFINE_VALIDATE} and {@code …_CREATE_VALIDATE}. */
  private static final int VALIDATE = 1;

  void declare(Declarations all) {
    declareLists(all);
    declareOne(all);
    declareChanges(all);
  }

  private static void declareLists(Declarations all) {
    all.on("connect_num_of_networks", call -> call.reply(all(call, NetworkCalls::isActive).size()))
        .on("connect_list_networks", call -> names(call, NetworkCalls::isActive))
        .on(
            "connect_num_of_defined_networks",
            call -> call.reply(all(call, n -> !isActive(n)).size()))
        .on("connect_list_defined_networks", call -> names(call, n -> !isActive(n)))
        .on(
            "connect_list_all_networks",
            call -> {
              call.onlyFlags(LIST_FLAGS);
              List<XdrStruct> found =
                  all(call, n -> admits(call.flags(), n)).stream()
                      .map(NetworkCalls::named)
                      .toList();
              boolean wanted = call.integer("need_results") != 0;
              return call.reply(wanted ? found : List.of(), found.size());
            })
        .on(
            "network_lookup_by_name",
            call -> found(call, n -> n.name().equals(call.text("name")), "name", call.text("name")))
        .on(
            "network_lookup_by_uuid",
            call ->
                found(
                    call,
                    n -> n.uuid().equals(call.args().uuid("uuid")),
                    "uuid",
                    call.args().uuid("uuid").toString()));
  }

  private static void declareOne(Declarations all) {
    all.on(
            "network_get_xml_desc",
            call -> {
              call.onlyFlags(XML_INACTIVE);
              return call.reply(call.host(Networks.class).networkXml(network(call).name()));
            })
        .on(
            "network_get_bridge_name",
            call -> {
              VirtualNetwork network = network(call);
              return call.reply(
                  network
                      .bridge()
                      .orElseThrow(
                          () ->
                              new VirtException(
                                  ErrorCode.INTERNAL_ERROR,
                                  "network '%s' does not have a bridge name."
                                      .formatted(network.name()))));
            })
        .on("network_is_active", call -> call.reply(isActive(network(call)) ? 1 : 0))
        .on(
            "network_is_persistent",
            call -> call.reply(network(call).persistence() == Persistence.TRANSIENT ? 0 : 1))
        .on(
            "network_get_autostart",
            call -> call.reply(network(call).persistence() == Persistence.AUTOSTART ? 1 : 0));
  }

  private static void declareChanges(Declarations all) {
    all.on("network_define_xml", call -> made(call, call.host(Networks.class)::defineNetwork))
        .on(
            "network_define_xml_flags",
            call -> {
              call.onlyFlags(VALIDATE);
              return made(call, call.host(Networks.class)::defineNetwork);
            })
        .on("network_create_xml", call -> made(call, call.host(Networks.class)::createNetwork))
        .on(
            "network_create_xml_flags",
            call -> {
              call.onlyFlags(VALIDATE);
              return made(call, call.host(Networks.class)::createNetwork);
            })
        .on("network_create", call -> done(call, call.host(Networks.class)::startNetwork))
        .on("network_destroy", call -> done(call, call.host(Networks.class)::destroyNetwork))
        .on("network_undefine", call -> done(call, call.host(Networks.class)::undefineNetwork))
        .on(
            "network_set_autostart",
            call -> {
              Autostart autostart = call.integer("autostart") != 0 ? Autostart.ON : Autostart.OFF;
              call.host(Networks.class).autostartNetwork(network(call).name(), autostart);
              return call.reply();
            });
  }

  /** Makes something of XML and returns its name. */
  @FunctionalInterface
  private interface Maker {
    String make(String xml) throws VirtException;
  }

  /** Does something to a network. */
  @FunctionalInterface
  private interface Verb {
    void on(String name) throws VirtException;
  }

  private static XdrStruct made(Call call, Maker maker) throws VirtException {
    String name = maker.make(call.text("xml"));
    return found(call, n -> n.name().equals(name), "name", name);
  }

  private static XdrStruct done(Call call, Verb verb) throws VirtException {
    verb.on(network(call).name());
    return call.reply();
  }

  private static boolean isActive(VirtualNetwork network) {
    return network.state() == State.ACTIVE;
  }

  private static boolean admits(int flags, VirtualNetwork network) {
    Persistence persistence = network.persistence();
    return group(flags, ACTIVE | INACTIVE, isActive(network) ? ACTIVE : INACTIVE)
        && group(
            flags,
            PERSISTENT | TRANSIENT,
            persistence == Persistence.TRANSIENT ? TRANSIENT : PERSISTENT)
        && group(
            flags,
            AUTOSTART | NO_AUTOSTART,
            persistence == Persistence.AUTOSTART ? AUTOSTART : NO_AUTOSTART);
  }

  private static boolean group(int flags, int group, int bit) {
    return (flags & group) == 0 || (flags & bit) != 0;
  }

  private static List<VirtualNetwork> all(Call call, Predicate<VirtualNetwork> which)
      throws VirtException {
    Networks networks = call.host(Networks.class);
    return Absent.asEmpty(networks::networks).stream().filter(which).toList();
  }

  private static XdrStruct names(Call call, Predicate<VirtualNetwork> which) throws VirtException {
    return call.reply(
        all(call, which).stream()
            .map(VirtualNetwork::name)
            .limit(Math.max(0, call.integer("maxnames")))
            .toList());
  }

  /**
   * Returns the network that the call is about: name and UUID are its own, for policies see both.
   */
  private static VirtualNetwork network(Call call) throws VirtException {
    XdrStruct net = call.args().struct("net");
    String name = net.text("name");
    return find(
        call, n -> n.uuid().equals(net.uuid("uuid")) && n.name().equals(name), "name", name);
  }

  private static VirtualNetwork find(
      Call call, Predicate<VirtualNetwork> which, String by, String value) throws VirtException {
    return all(call, which).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_NETWORK, "no network with matching %s '%s'".formatted(by, value)));
  }

  private static XdrStruct found(
      Call call, Predicate<VirtualNetwork> which, String by, String value) throws VirtException {
    return call.reply(named(find(call, which, by, value)));
  }

  private static XdrStruct named(VirtualNetwork network) {
    return NETWORK.of(network.name(), network.uuid());
  }
}
