package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;

/** Writes programs as {@code nft -f} takes them. */
final class NftText {
  private static final String INDENT = "\t";

  private final StringBuilder text = new StringBuilder();
  private boolean first = true;

  private NftText() {}

  /** Returns the tables as they would be with these programs alone. */
  static String of(List<Code.Port> ports) {
    NftText writer = new NftText();
    Set<Part> parts = new Commit(ports).parts();
    List<Layout.Base> bridge = new ArrayList<>(Layout.CHAINS);
    parts.forEach(part -> bridge.addAll(part.chains(Batch.BRIDGE)));
    writer.table("bridge", Batch.BRIDGE, ports, bridge);
    if (parts.contains(Part.MARKED)) {
      writer.table("ip", Batch.IPV4, ports, Part.MARKED.chains(Batch.IPV4));
      writer.table("ip6", Batch.IPV6, ports, Part.MARKED.chains(Batch.IPV6));
    }
    if (parts.contains(Part.DIRECT)) {
      writer.direct(ports);
    }
    return writer.text.toString();
  }

  private void direct(List<Code.Port> ports) {
    startTable("netdev", Batch.NETDEV, ports);
    for (Code.Port port : ports) {
      String device = " device \"" + port.label().port().id().name() + "\"";
      port.firstChains().forEach(base -> baseChain(base, hookOfDevice(base) + device));
    }
    endTable(Batch.NETDEV, ports);
  }

  private static String hookOfDevice(Layout.Base base) {
    return base.hook() == DirectLayout.EGRESS ? "egress" : "ingress";
  }

  /** Returns all that makes rules what they are. */
  static String ofRules(Code.Rules rules) {
    NftText writer = new NftText();
    rules.chains().forEach(writer::chain);
    Transport transport = rules.transport();
    writer.line(transport.path() + " " + transport.fromTypes() + " " + transport.toTypes());
    return writer.text.toString();
  }

  private void table(String name, int family, List<Code.Port> ports, List<Layout.Base> baseChains) {
    startTable(name, family, ports);
    for (Layout.Base base : baseChains) {
      baseChain(base, base.hook() == Layout.Base.NO_HOOK ? "" : base.hookName());
    }
    endTable(family, ports);
  }

  private void startTable(String name, int family, List<Code.Port> ports) {
    line("table " + name + " " + Layout.TABLE + " {");
    first = true;
    sets(family, ports);
  }

  private void endTable(int family, List<Code.Port> ports) {
    ports.stream()
        .flatMap(port -> port.allRules().stream())
        .distinct()
        .flatMap(rules -> rules.chains().stream())
        .filter(chain -> chain.family() == family)
        .forEach(this::chain);
    line("}");
  }

  private void sets(int family, List<Code.Port> ports) {
    Map<String, List<Element>> elements = new LinkedHashMap<>();
    Map<String, PortSet> sets = new LinkedHashMap<>();
    Layout.SETS.forEach(set -> sets.put(set.name(), set));
    Layout.OTHER_SETS.forEach(set -> sets.put(set.name(), set));
    for (Part part : new Commit(ports).parts()) {
      part.sets().forEach(set -> sets.put(set.name(), set));
      if (part == Part.DIRECT) {
        DirectLayout.OTHER_SETS.forEach(set -> sets.put(set.name(), set));
      }
    }
    for (Code.Port port : ports) {
      port.rules().transport().limits().forEach(set -> sets.put(set.name(), set));
      PortElements.of(port)
          .forEach(
              (set, list) -> elements.computeIfAbsent(set, s -> new ArrayList<>()).addAll(list));
    }
    for (PortSet set : sets.values()) {
      if (set.family() == family) {
        set(set, elements.getOrDefault(set.name(), List.of()));
      }
    }
  }

  private void set(PortSet set, List<Element> elements) {
    boolean map = set.data() == PortSet.Data.VERDICT || set.data() == PortSet.Data.MARK;
    start((map ? "map " : "set ") + set.name());
    line(INDENT + INDENT + set.typeText());
    if (set.data() == PortSet.Data.DYNAMIC) {
      line(INDENT + INDENT + "size " + SetWriter.MOST_DYNAMIC);
      line(INDENT + INDENT + "flags dynamic");
    } else if (set.timed()) {
      line(INDENT + INDENT + "flags timeout");
    }
    if (!elements.isEmpty()) {
      String list =
          elements.stream()
              .map(element -> element(set, element))
              .collect(Collectors.joining(",\n" + INDENT.repeat(3)));
      line(INDENT + INDENT + "elements = { " + list + " }");
    }
    line(INDENT + "}");
  }

  private static String element(PortSet set, Element element) {
    String timeout = element.timeout() > 0 ? " timeout " + element.timeout() + "ms" : "";
    String comment = element.comment().isEmpty() ? "" : " comment \"" + element.comment() + "\"";
    String leads =
        switch (set.data()) {
          case NOTHING, DYNAMIC -> "";
          case VERDICT -> " : " + element.verdict().text();
          case MARK -> " : " + Integer.toUnsignedString(element.mark());
        };
    return set.text(element.key()) + timeout + comment + leads;
  }

  private void baseChain(Layout.Base base, String hook) {
    start("chain " + base.name());
    if (!hook.isEmpty()) {
      String type = "type filter hook " + hook + " priority " + base.priority();
      line(INDENT + INDENT + type + "; policy accept;");
    }
    base.rules().forEach(rule -> rule(rule, " "));
    line(INDENT + "}");
  }

  private void chain(Code.Chain chain) {
    start("chain " + chain.name());
    chain.rules().forEach(rule -> rule(rule, " counter "));
    line(INDENT + "}");
  }

  private void start(String object) {
    if (!first) {
      line("");
    }
    first = false;
    line(INDENT + object + " {");
  }

  private void rule(Code.Rule rule, String beforeVerdict) {
    String conditions =
        rule.conditions().stream().map(Condition::text).collect(Collectors.joining(" "));
    String comment = rule.comment().isEmpty() ? "" : " comment \"" + rule.comment() + "\"";
    line(INDENT + INDENT + (conditions + beforeVerdict + rule.verdict().text()).strip() + comment);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
