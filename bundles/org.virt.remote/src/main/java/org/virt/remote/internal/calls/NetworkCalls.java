package org.virt.remote.internal.calls;

import java.util.OptionalInt;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.NetworkUpdate.Command;
import org.virt.api.network.NetworkUpdate.Section;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.rpc.XdrStruct;

/** Virtual networks. A driver without them has none. */
final class NetworkCalls {
  private static final int XML_INACTIVE = 1;

  /** {@code VIR_NETWORK_DEFINE_VALIDATE} and {@code …_CREATE_VALIDATE}. */
  private static final int VALIDATE = 1;

  private static final ManagedObjects<VirtualNetwork> NETWORKS =
      new ManagedObjects<>(
          "network",
          "net",
          ErrorCode.NO_NETWORK,
          call -> Absent.asEmpty(call.host(Networks.class)::networks));

  void declare(Declarations all) {
    NETWORKS.declare(all);
    all.on(
            "connect_list_all_networks",
            call -> {
              call.onlyFlags(ManagedObjects.LIST_FLAGS);
              return NETWORKS.listAll(call, network -> true);
            })
        .on(
            "network_get_xml_desc",
            call -> {
              call.onlyFlags(XML_INACTIVE);
              Networks networks = call.host(Networks.class);
              String name = NETWORKS.of(call).name();
              return call.reply(
                  call.flags() == XML_INACTIVE
                      ? networks.networkDefinitionXml(name)
                      : networks.networkXml(name));
            })
        .on("network_get_bridge_name", NetworkCalls::bridge);
    declareChanges(all);
  }

  private static XdrStruct bridge(Call call) throws VirtException {
    VirtualNetwork network = NETWORKS.of(call);
    return call.reply(
        network
            .bridge()
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.INTERNAL_ERROR,
                        "network '%s' does not have a bridge name.".formatted(network.name()))));
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
        .on("network_create", call -> NETWORKS.done(call, call.host(Networks.class)::startNetwork))
        .on(
            "network_destroy",
            call -> NETWORKS.done(call, call.host(Networks.class)::destroyNetwork))
        .on(
            "network_undefine",
            call -> NETWORKS.done(call, call.host(Networks.class)::undefineNetwork))
        .on("network_update", NetworkCalls::update)
        .on(
            "network_set_autostart",
            call -> {
              Networks networks = call.host(Networks.class);
              return NETWORKS.done(
                  call, name -> networks.autostartNetwork(name, ManagedObjects.autostart(call)));
            });
  }

  private static XdrStruct update(Call call) throws VirtException {
    int parent = call.integer("parentIndex");
    NetworkUpdate update =
        new NetworkUpdate(
            Command.of(call.integer("command")),
            Section.of(call.integer("section")),
            parent < 0 ? OptionalInt.empty() : OptionalInt.of(parent),
            call.text("xml"));
    Affects affects = call.affects();
    Networks networks = call.host(Networks.class);
    return NETWORKS.done(call, name -> networks.updateNetwork(name, update, affects));
  }

  /** Makes something of XML and returns its name. */
  @FunctionalInterface
  private interface Maker {
    String make(String xml) throws VirtException;
  }

  private static XdrStruct made(Call call, Maker maker) throws VirtException {
    String name = maker.make(call.text("xml"));
    return call.reply(NETWORKS.named(NETWORKS.byName(call, name)));
  }
}
