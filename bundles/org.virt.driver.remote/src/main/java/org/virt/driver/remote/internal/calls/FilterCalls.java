package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.Filters;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about network filters and their bindings. */
record FilterCalls(Far far) implements Filters {
  private static final String UUID_FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  @Override
  public NetworkFilter define(String xml) throws VirtException {
    XdrStruct defined = far.call("nwfilter_define_xml", xml).struct("nwfilter");
    return described(defined, far.begin("nwfilter_get_xml_desc", defined, 0));
  }

  @Override
  public void undefine(String nameOrUuid) throws VirtException {
    far.call("nwfilter_undefine", named(nameOrUuid));
  }

  @Override
  public List<NetworkFilter> filters() throws VirtException {
    Map<XdrStruct, Answer> asked = new LinkedHashMap<>();
    for (XdrStruct one : far.call("connect_list_all_nwfilters", 1, 0).structs("filters")) {
      asked.put(one, far.begin("nwfilter_get_xml_desc", one, 0));
    }
    List<NetworkFilter> filters = new ArrayList<>();
    for (Map.Entry<XdrStruct, Answer> one : asked.entrySet()) {
      filters.add(described(one.getKey(), one.getValue()));
    }
    filters.sort(Comparator.comparing(NetworkFilter::name));
    return filters;
  }

  @Override
  public NetworkFilter filter(String nameOrUuid) throws VirtException {
    XdrStruct found = named(nameOrUuid);
    return described(found, far.begin("nwfilter_get_xml_desc", found, 0));
  }

  private XdrStruct named(String nameOrUuid) throws VirtException {
    XdrStruct reply =
        nameOrUuid.matches(UUID_FORM)
            ? far.call("nwfilter_lookup_by_uuid", UUID.fromString(nameOrUuid))
            : far.call("nwfilter_lookup_by_name", nameOrUuid);
    return reply.struct("nwfilter");
  }

  private NetworkFilter described(XdrStruct filter, Answer xml) throws VirtException {
    return new NetworkFilter(filter.uuid("uuid"), filter.text("name"), far.await(xml).text("xml"));
  }

  @Override
  public FilterBinding bind(String xml) throws VirtException {
    XdrStruct bound = far.call("nwfilter_binding_create_xml", xml, 0).struct("nwfilter");
    return read(far.call("nwfilter_binding_get_xml_desc", bound, 0));
  }

  @Override
  public void unbind(PortId port) throws VirtException {
    far.call("nwfilter_binding_delete", bound(port));
  }

  @Override
  public List<FilterBinding> bindings() throws VirtException {
    List<Answer> asked = new ArrayList<>();
    for (XdrStruct one : far.call("connect_list_all_nwfilter_bindings", 1, 0).structs("bindings")) {
      asked.add(far.begin("nwfilter_binding_get_xml_desc", one, 0));
    }
    List<FilterBinding> bindings = new ArrayList<>();
    for (Answer one : asked) {
      bindings.add(read(far.await(one)));
    }
    bindings.sort(Comparator.comparing(binding -> binding.port().name()));
    return bindings;
  }

  @Override
  public String bindingXml(PortId port) throws VirtException {
    return far.call("nwfilter_binding_get_xml_desc", bound(port), 0).text("xml");
  }

  private XdrStruct bound(PortId port) throws VirtException {
    return far.call("nwfilter_binding_lookup_by_port_dev", port.name()).struct("nwfilter");
  }

  private static FilterBinding read(XdrStruct reply) throws VirtException {
    XmlElement root = SafeXml.tree("filterbinding", reply.text("xml"));
    XmlElement owner = child(root, "owner");
    XmlElement reference = child(root, "filterref");
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (XmlElement one : reference.children("parameter")) {
      parameters
          .computeIfAbsent(value(one, "name"), name -> new ArrayList<>())
          .add(value(one, "value"));
    }
    try {
      return new FilterBinding(
          new FilterBinding.Owner(
              child(owner, "name").text().strip(),
              UUID.fromString(child(owner, "uuid").text().strip())),
          new PortId(value(child(root, "portdev"), "name")),
          root.child("linkdev").map(link -> link.attribute("name")).map(PortId::new),
          MacAddress.parse(value(child(root, "mac"), "address")),
          new FilterReference(value(reference, "filter"), parameters));
    } catch (IllegalArgumentException e) {
      throw unreadable(e.getMessage());
    }
  }

  private static XmlElement child(XmlElement parent, String name) throws VirtException {
    return parent.child(name).orElseThrow(() -> unreadable("it has no <" + name + ">"));
  }

  private static String value(XmlElement element, String attribute) throws VirtException {
    return Optional.ofNullable(element.attribute(attribute))
        .orElseThrow(() -> unreadable("<" + element.name() + "> has no " + attribute));
  }

  private static VirtException unreadable(String why) {
    return new VirtException(ErrorCode.RPC, "read a filter binding of the other end: " + why);
  }
}
