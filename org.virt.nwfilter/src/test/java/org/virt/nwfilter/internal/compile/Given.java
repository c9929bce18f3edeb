package org.virt.nwfilter.internal.compile;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.compile.PortCompiler.Learned;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/** Filters and a port to compile for. */
final class Given {
  static final PortRef PORT =
      new PortRef(new PortId("vnet0"), 7, MacAddress.parse("52:54:00:12:34:56"));
  static final Learned NOTHING = new Learned(List.of(), false);
  static final Learned LOOKUPS = new Learned(List.of(), true);

  private Definitions definitions = Definitions.of(StandardFilters.load());
  private final Map<String, List<String>> parameters = new LinkedHashMap<>();

  Given filter(String xml) throws VirtException {
    definitions = definitions.with(FilterXml.parse(xml));
    return this;
  }

  Given parameter(String name, String... values) {
    parameters.put(name, List.of(values));
    return this;
  }

  Definitions definitions() {
    return definitions;
  }

  FilterReference reference(String filter) {
    return new FilterReference(filter, parameters);
  }

  PortProgram compile(String filter, Learned learned) throws VirtException {
    return PortCompiler.filter(definitions, reference(filter), PORT, learned);
  }

  String text(String filter, Learned learned) throws VirtException {
    return ProgramText.of(compile(filter, learned));
  }

  /** Compiles one rule about connections and returns what it becomes, without its origin. */
  List<String> transport(String rule) throws VirtException {
    return lines("transport", rule);
  }

  /** Compiles one rule and returns what it becomes in the root chain of a direction. */
  List<String> lines(String section, String rule) throws VirtException {
    filter("<filter name='t'>" + rule + "</filter>");
    List<String> lines = new ArrayList<>();
    boolean wanted = false;
    for (String line : text("t", NOTHING).split("\n")) {
      if (!line.startsWith(" ")) {
        wanted = line.equals(section);
      } else if (wanted) {
        lines.add(line.replaceAll("  # .*", "").strip());
      }
    }
    return lines;
  }

  static Learned learned(String... addresses) {
    return new Learned(
        List.of(addresses).stream().map(a -> (Inet4Address) IpText.parse(a).orElseThrow()).toList(),
        false);
  }

  static Learned lookups(String... addresses) {
    return new Learned(learned(addresses).ipv4(), true);
  }
}
