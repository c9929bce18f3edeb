package org.virt.nwfilter.internal.xml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterBinding.Owner;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlWriter;

/** The {@code filterbinding} XML of libvirt. */
public final class BindingXml {
  /** The element that libvirt puts around a binding in its own files. */
  public static final String STATUS = "filterbindingstatus";

  private static final String MAC = "MAC";

  /** The element of a binding. */
  public static final String ROOT = "filterbinding";

  private BindingXml() {}

  /**
   * Reads a binding.
   *
   * @throws VirtException {@code XML_ERROR} with line and column
   */
  public static FilterBinding parse(String xml) throws VirtException {
    return SafeXml.read("filter binding XML", xml, in -> new Reader(in).document());
  }

  /**
   * Reads a binding as libvirt keeps it, {@value #STATUS} around it.
   *
   * @throws VirtException {@code XML_ERROR} with line and column
   */
  public static FilterBinding parseStatus(String xml) throws VirtException {
    return SafeXml.read("filter binding XML", xml, in -> new Reader(in).status());
  }

  /** Prints a binding as libvirt does: with its MAC address once more, as a parameter. */
  public static String print(FilterBinding binding) {
    XmlWriter out = new XmlWriter();
    out.open("filterbinding");
    out.open("owner");
    out.element("name", binding.owner().name());
    out.element("uuid", binding.owner().uuid());
    out.close();
    out.open("portdev").attribute("name", binding.port()).close();
    binding.linkDevice().ifPresent(dev -> out.open("linkdev").attribute("name", dev).close());
    out.open("mac").attribute("address", binding.mac()).close();
    out.open("filterref").attribute("filter", binding.filter().filter());
    Map<String, List<String>> parameters = new LinkedHashMap<>(binding.filter().parameters());
    parameters.putIfAbsent(MAC, List.of(binding.mac().toString()));
    FilterXml.parameters(out, parameters);
    return out.close().close().toString();
  }

  private static final class Reader {
    private final Elements in;
    private Optional<Owner> owner = Optional.empty();
    private Optional<PortId> port = Optional.empty();
    private Optional<PortId> linkDevice = Optional.empty();
    private Optional<MacAddress> mac = Optional.empty();
    private Optional<FilterReference> filter = Optional.empty();

    Reader(XMLStreamReader in) {
      this.in = new Elements(in);
    }

    FilterBinding document() throws XMLStreamException {
      in.root(ROOT);
      FilterBinding binding = binding();
      in.finish();
      return binding;
    }

    FilterBinding status() throws XMLStreamException {
      in.root(STATUS);
      in.known();
      if (!in.nextChild() || !in.name().equals(ROOT)) {
        throw in.error("expected <" + ROOT + "> in <" + STATUS + ">");
      }
      FilterBinding binding = binding();
      in.end();
      in.finish();
      return binding;
    }

    private FilterBinding binding() throws XMLStreamException {
      in.known();
      while (in.nextChild()) {
        switch (in.name()) {
          case "owner" -> owner = once(owner, owner());
          case "portdev" -> port = once(port, device());
          case "linkdev" -> linkDevice = once(linkDevice, device());
          case "mac" -> mac = once(mac, mac());
          case "filterref" -> filter = once(filter, in.filterReference());
          default -> throw in.error("unknown element <" + in.name() + "> in <filterbinding>");
        }
      }
      FilterReference reference = needed(filter, "filterref");
      MacAddress address = needed(mac, "mac");
      Map<String, List<String>> parameters = new LinkedHashMap<>(reference.parameters());
      // What print adds.
      parameters.remove(MAC, List.of(address.toString()));
      return new FilterBinding(
          needed(owner, "owner"),
          needed(port, "portdev"),
          linkDevice,
          address,
          new FilterReference(reference.filter(), parameters));
    }

    private <T> Optional<T> once(Optional<T> before, T value) throws XMLStreamException {
      if (before.isPresent()) {
        throw in.error("a second element of this kind in <filterbinding>");
      }
      return Optional.of(value);
    }

    private <T> T needed(Optional<T> value, String element) throws XMLStreamException {
      if (value.isEmpty()) {
        throw in.error("<filterbinding> has no <" + element + ">");
      }
      return value.get();
    }

    private Owner owner() throws XMLStreamException {
      in.known();
      Optional<String> name = Optional.empty();
      Optional<UUID> uuid = Optional.empty();
      while (in.nextChild()) {
        switch (in.name()) {
          case "name" -> name = once(name, in.reader().getElementText().strip());
          case "uuid" -> uuid = once(uuid, in.uuid());
          default -> throw in.error("unknown element <" + in.name() + "> in <owner>");
        }
      }
      if (name.isEmpty() || uuid.isEmpty()) {
        throw in.error("<owner> has no <" + (name.isEmpty() ? "name" : "uuid") + ">");
      }
      return new Owner(name.get(), uuid.get());
    }

    private PortId device() throws XMLStreamException {
      in.known("name");
      try {
        PortId id = new PortId(in.required("name"));
        in.end();
        return id;
      } catch (IllegalArgumentException e) {
        throw in.error(e.getMessage());
      }
    }

    private MacAddress mac() throws XMLStreamException {
      in.known("address");
      try {
        MacAddress address = MacAddress.parse(in.required("address"));
        in.end();
        return address;
      } catch (IllegalArgumentException e) {
        throw in.error(e.getMessage());
      }
    }
  }
}
