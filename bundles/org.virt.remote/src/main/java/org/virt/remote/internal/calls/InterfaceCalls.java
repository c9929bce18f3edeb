package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterfaces;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Interfaces of the host. A driver without them has none. */
final class InterfaceCalls {
  private static final StructType INTERFACE = Protocol.libvirt().struct("remote_nonnull_interface");

  /** {@code virConnectListAllInterfacesFlags}. */
  private static final int INACTIVE = 1;

  private static final int ACTIVE = 2;

  /** {@code VIR_INTERFACE_XML_INACTIVE}. */
  private static final int XML_INACTIVE = 1;

  void declare(Declarations all) {
    declareNames(all, "interfaces", HostInterface::isActive);
    declareNames(all, "defined_interfaces", one -> !one.isActive());
    all.on(
            "connect_list_all_interfaces",
            call -> {
              call.onlyFlags(INACTIVE | ACTIVE);
              return call.listed(
                  all(call).stream()
                      .filter(
                          one ->
                              Bits.admits(
                                  call.flags(),
                                  INACTIVE | ACTIVE,
                                  one.isActive() ? ACTIVE : INACTIVE))
                      .map(InterfaceCalls::named)
                      .toList());
            })
        .on(
            "interface_lookup_by_name",
            call -> {
              String name = call.text("name");
              return call.reply(named(find(call, one -> one.name().equals(name), "name", name)));
            })
        .on("interface_lookup_by_mac_string", InterfaceCalls::byMac)
        .on(
            "interface_get_xml_desc",
            call -> {
              call.onlyFlags(XML_INACTIVE);
              return call.reply(call.host(HostInterfaces.class).interfaceXml(of(call).name()));
            })
        .on("interface_is_active", call -> call.reply(of(call).isActive() ? 1 : 0));
  }

  private static void declareNames(
      Declarations all, String objects, Predicate<HostInterface> choice) {
    all.on(
            "connect_num_of_" + objects,
            call -> call.reply((int) all(call).stream().filter(choice).count()))
        .on(
            "connect_list_" + objects,
            call ->
                call.reply(
                    all(call).stream()
                        .filter(choice)
                        .map(HostInterface::name)
                        .limit(Math.max(0, call.integer("maxnames")))
                        .toList()));
  }

  private static XdrStruct byMac(Call call) throws VirtException {
    String mac = call.text("mac").toLowerCase(Locale.ROOT);
    List<HostInterface> found =
        all(call).stream().filter(one -> one.mac().toLowerCase(Locale.ROOT).equals(mac)).toList();
    if (found.size() > 1) {
      throw new VirtException(
          ErrorCode.MULTIPLE_INTERFACES, "multiple interfaces with matching MAC address");
    }
    return call.reply(named(find(call, one -> found.contains(one), "mac", call.text("mac"))));
  }

  private static List<HostInterface> all(Call call) throws VirtException {
    return Absent.asEmpty(call.host(HostInterfaces.class)::interfaces);
  }

  /** Returns the interface that the call is about. */
  private static HostInterface of(Call call) throws VirtException {
    XdrStruct wanted = call.args().struct("iface");
    return find(call, one -> named(one).equals(wanted), "name", wanted.text("name"));
  }

  private static HostInterface find(
      Call call, Predicate<HostInterface> which, String by, String value) throws VirtException {
    return all(call).stream()
        .filter(which)
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_INTERFACE,
                    "no interface with matching %s '%s'".formatted(by, value)));
  }

  private static XdrStruct named(HostInterface one) {
    return INTERFACE.of(one.name(), one.mac());
  }
}
