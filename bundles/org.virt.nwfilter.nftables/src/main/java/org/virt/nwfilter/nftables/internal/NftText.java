package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.virt.spi.nwfilter.AddressBinding;

/** Writes programs as {@code nft -f} takes them. */
final class NftText {
  private static final String INDENT = "\t";

  private final StringBuilder text = new StringBuilder();

  private NftText() {}

  /** Returns the table as it would be with these programs alone. */
  static String of(List<Code.Port> ports) {
    NftText writer = new NftText();
    writer.table(ports);
    return writer.text.toString();
  }

  /** Returns chains alone. */
  static String of(List<Code.Chain> outgoing, List<Code.Chain> incoming) {
    NftText writer = new NftText();
    outgoing.forEach(writer::chain);
    incoming.forEach(writer::chain);
    return writer.text.toString();
  }

  private void table(List<Code.Port> ports) {
    line("table bridge " + Layout.TABLE + " {");
    for (Layout.PortSet set : Layout.SETS) {
      set(set, elements(ports, set.name()));
    }
    map(Layout.FROM_PORT, ports.stream().map(p -> entry(p, p.rules().outgoing())).toList());
    map(Layout.TO_PORT, ports.stream().map(p -> entry(p, p.rules().incoming())).toList());
    for (Layout.Base base : Layout.CHAINS) {
      line("");
      line(INDENT + "chain " + base.name() + " {");
      line(
          INDENT
              + INDENT
              + "type filter hook "
              + base.name()
              + " priority "
              + Layout.PRIORITY
              + "; policy accept;");
      base.rules().forEach(rule -> rule(rule, " "));
      line(INDENT + "}");
    }
    ports.stream()
        .map(Code.Port::rules)
        .distinct()
        .forEach(rules -> rules.chains().forEach(this::chain));
    line("}");
  }

  private void set(Layout.PortSet set, List<String> elements) {
    line(INDENT + "set " + set.name() + " {");
    line(INDENT + INDENT + set.typeText());
    if (set.timed()) {
      line(INDENT + INDENT + "flags timeout");
    }
    elements(elements);
    line(INDENT + "}");
    line("");
  }

  private void map(String name, List<String> elements) {
    line(INDENT + "map " + name + " {");
    line(INDENT + INDENT + "type iface_index : verdict");
    elements(elements);
    line(INDENT + "}");
    if (name.equals(Layout.FROM_PORT)) {
      line("");
    }
  }

  private void elements(List<String> elements) {
    if (!elements.isEmpty()) {
      String list = String.join(",\n" + INDENT.repeat(3), elements);
      line(INDENT + INDENT + "elements = { " + list + " }");
    }
  }

  private static List<String> elements(List<Code.Port> ports, String set) {
    List<String> elements = new ArrayList<>();
    for (Code.Port port : ports) {
      String mac = port.label().port().mac().toString();
      if (set.equals(Layout.MACS)) {
        elements.add(port.index() + " . " + mac);
      } else if (set.equals(Layout.RAW_MACS)) {
        elements.add(port.index() + " . 0x" + mac.replace(":", ""));
      } else {
        port.addresses().stream()
            .filter(address -> PortElements.set(address).equals(set))
            .forEach(address -> elements.add(port.index() + " . " + text(address)));
      }
    }
    return elements;
  }

  private static String text(AddressBinding address) {
    String ip = address.address().getHostAddress();
    return address.lifetime().map(left -> ip + " timeout " + left.toMillis() + "ms").orElse(ip);
  }

  private static String entry(Code.Port port, List<Code.Chain> chains) {
    return port.index()
        + " comment \""
        + port.label().text()
        + "\" : "
        + Verdict.goTo(chains.get(0).name()).text();
  }

  private void chain(Code.Chain chain) {
    line("");
    line(INDENT + "chain " + chain.name() + " {");
    chain.rules().forEach(rule -> rule(rule, " counter "));
    line(INDENT + "}");
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
