package org.virt.remote.internal.calls;

import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Filters and bindings; they are the same whatever hypervisor a client is connected to. */
final class FilterCalls {
  private static final StructType FILTER = Protocol.libvirt().struct("remote_nonnull_nwfilter");
  private static final StructType BINDING =
      Protocol.libvirt().struct("remote_nonnull_nwfilter_binding");

  /** {@code VIR_NWFILTER_DEFINE_VALIDATE} and {@code …_BINDING_CREATE_VALIDATE}. */
  private static final int VALIDATE = 1;

  void declare(Declarations all) {
    declareFilters(all);
    declareBindings(all);
  }

  private static void declareFilters(Declarations all) {
    all.on("connect_num_of_nwfilters", call -> call.reply(filters(call).filters().size()))
        .on(
            "connect_list_nwfilters",
            call ->
                call.reply(
                    filters(call).filters().stream()
                        .map(NetworkFilter::name)
                        .limit(Math.max(0, call.integer("maxnames")))
                        .toList()))
        .on(
            "connect_list_all_nwfilters",
            call -> {
              call.noFlags();
              return call.listed(filters(call).filters().stream().map(FilterCalls::named).toList());
            })
        .on("nwfilter_lookup_by_name", FilterCalls::byName)
        .on(
            "nwfilter_lookup_by_uuid",
            call -> call.reply(named(filters(call).filter(call.args().uuid("uuid").toString()))))
        .on(
            "nwfilter_get_xml_desc",
            call -> {
              call.noFlags();
              return call.reply(filter(call).xml());
            })
        .on(
            "nwfilter_define_xml",
            call -> call.reply(named(filters(call).define(call.text("xml")))))
        .on(
            "nwfilter_define_xml_flags",
            call -> {
              call.onlyFlags(VALIDATE);
              return call.reply(named(filters(call).define(call.text("xml"))));
            })
        .on(
            "nwfilter_undefine",
            call -> {
              filters(call).undefine(filter(call).uuid().toString());
              return call.reply();
            });
  }

  private static void declareBindings(Declarations all) {
    all.on(
            "connect_list_all_nwfilter_bindings",
            call -> {
              call.noFlags();
              return call.listed(
                  filters(call).bindings().stream().map(FilterCalls::named).toList());
            })
        .on(
            "nwfilter_binding_lookup_by_port_dev",
            call -> call.reply(named(binding(call, call.text("name")))))
        .on(
            "nwfilter_binding_get_xml_desc",
            call -> {
              call.noFlags();
              return call.reply(filters(call).bindingXml(port(portName(call))));
            })
        .on(
            "nwfilter_binding_create_xml",
            call -> {
              call.onlyFlags(VALIDATE);
              return call.reply(named(filters(call).bind(call.text("xml"))));
            })
        .on(
            "nwfilter_binding_delete",
            call -> {
              filters(call).unbind(port(portName(call)));
              return call.reply();
            });
  }

  private static FilterManager filters(Call call) throws VirtException {
    call.connect();
    return call.session().services().filters();
  }

  private static NetworkFilter filter(Call call) throws VirtException {
    return filters(call).filter(call.args().struct("nwfilter").uuid("uuid").toString());
  }

  private static XdrStruct byName(Call call) throws VirtException {
    String name = call.text("name");
    Optional<NetworkFilter> found =
        filters(call).filters().stream().filter(f -> f.name().equals(name)).findFirst();
    return call.reply(
        named(
            found.orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.NO_NWFILTER, "no nwfilter with matching name '" + name + "'"))));
  }

  private static FilterBinding binding(Call call, String name) throws VirtException {
    return filters(call).bindings().stream()
        .filter(binding -> binding.port().name().equals(name))
        .findFirst()
        .orElseThrow(() -> noBinding(name));
  }

  private static VirtException noBinding(String name) {
    return new VirtException(
        ErrorCode.NO_NWFILTER_BINDING, "no nwfilter binding for port dev '" + name + "'");
  }

  private static String portName(Call call) {
    return call.args().struct("nwfilter").text("portdev");
  }

  private static PortId port(String name) throws VirtException {
    try {
      return new PortId(name);
    } catch (IllegalArgumentException e) {
      throw noBinding(name);
    }
  }

  private static XdrStruct named(NetworkFilter filter) {
    return FILTER.of(filter.name(), filter.uuid());
  }

  private static XdrStruct named(FilterBinding binding) {
    return BINDING.of(binding.port().name(), binding.filter().filter());
  }
}
