package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.stream.Collectors;

/** Writes programs as {@code nft -f} takes them. */
final class NftText {
  private static final String INDENT = "\t";

  private final StringBuilder text = new StringBuilder();

  private NftText() {}

  /** Returns the table as it would be with these programs alone. */
  static String of(List<Code.Program> programs) {
    NftText writer = new NftText();
    writer.table(programs);
    return writer.text.toString();
  }

  private void table(List<Code.Program> programs) {
    line("table bridge " + Layout.TABLE + " {");
    set(Layout.ADDRESSES4, "ipv4_addr");
    set(Layout.ADDRESSES6, "ipv6_addr");
    map(Layout.FROM_PORT, programs.stream().map(p -> element(p, p.outgoing())).toList());
    map(Layout.TO_PORT, programs.stream().map(p -> element(p, p.incoming())).toList());
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
      base.rules().forEach(this::rule);
      line(INDENT + "}");
    }
    for (Code.Program program : programs) {
      program.outgoing().forEach(this::chain);
      program.incoming().forEach(this::chain);
    }
    line("}");
  }

  private void set(String name, String address) {
    line(INDENT + "set " + name + " {");
    line(INDENT + INDENT + "type iface_index . " + address);
    line(INDENT + INDENT + "flags timeout");
    line(INDENT + "}");
    line("");
  }

  private void map(String name, List<String> elements) {
    line(INDENT + "map " + name + " {");
    line(INDENT + INDENT + "type iface_index : verdict");
    if (!elements.isEmpty()) {
      line(
          INDENT
              + INDENT
              + "elements = { "
              + String.join(",\n" + INDENT.repeat(3), elements)
              + " }");
    }
    line(INDENT + "}");
    if (name.equals(Layout.FROM_PORT)) {
      line("");
    }
  }

  private static String element(Code.Program program, List<Code.Chain> chains) {
    return program.port().index() + " : " + Verdict.goTo(chains.get(0).name()).text();
  }

  private void chain(Code.Chain chain) {
    line("");
    line(INDENT + "chain " + chain.name() + " {");
    if (!chain.comment().isEmpty()) {
      line(INDENT + INDENT + "comment \"" + chain.comment() + "\"");
    }
    chain.rules().forEach(this::rule);
    line(INDENT + "}");
  }

  private void rule(Code.Rule rule) {
    String conditions =
        rule.conditions().stream().map(Condition::text).collect(Collectors.joining(" "));
    String comment = rule.comment().isEmpty() ? "" : " comment \"" + rule.comment() + "\"";
    line(INDENT + INDENT + (conditions + " " + rule.verdict().text()).strip() + comment);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
