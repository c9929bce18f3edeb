package org.virt.nwfilter.internal.compile;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Program;

/** Filters and a port to compile for. */
final class Given {
  static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");
  static final Own NOTHING = new Own(MAC, List.of(), Set.of(), false);
  static final Own LOOKUPS = new Own(MAC, List.of(), Set.of(), true);

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

  Program compile(String filter, Own own) throws VirtException {
    return PortCompiler.filter(definitions, reference(filter), own).program();
  }

  String text(String filter, Own own) throws VirtException {
    return ProgramText.of(compile(filter, own));
  }

  /** Compiles one outgoing rule about connections; what it becomes for outgoing packets. */
  List<String> transport(String rule) throws VirtException {
    return lines("transport out", rule).stream()
        .map(line -> line.replace("[NEW, ESTABLISHED] original", ""))
        .toList();
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

  static Own learned(String... addresses) {
    List<InetAddress> all =
        List.of(addresses).stream().<InetAddress>map(a -> IpText.parse(a).orElseThrow()).toList();
    return new Own(MAC, all, Set.of(), false);
  }

  static Own lookups(String... addresses) {
    return new Own(MAC, learned(addresses).addresses(), Set.of(), true);
  }
}
