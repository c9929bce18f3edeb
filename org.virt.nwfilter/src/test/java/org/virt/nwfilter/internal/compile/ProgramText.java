package org.virt.nwfilter.internal.compile;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Step;

/** Prints a program for golden files: a line for each step. */
final class ProgramText {
  private ProgramText() {}

  static String of(Program program) {
    StringBuilder out = new StringBuilder();
    chains(out, "out", program.outgoing());
    chains(out, "in", program.incoming());
    transport(out, "out", program.transportOutgoing());
    transport(out, "in", program.transportIncoming());
    return out.toString();
  }

  private static void transport(StringBuilder out, String way, List<Step.Rule> rules) {
    if (!rules.isEmpty()) {
      out.append("transport ").append(way).append('\n');
      rules.forEach(rule -> step(out, rule));
    }
  }

  private static void chains(StringBuilder out, String way, List<Program.Chain> chains) {
    for (Program.Chain chain : chains) {
      out.append(way).append(' ').append(chain.name()).append('\n');
      chain.steps().forEach(step -> step(out, step));
    }
  }

  private static void step(StringBuilder out, Step step) {
    if (step instanceof Step.Jump jump) {
      out.append("  ").append(jump.protocol().xmlName()).append(" → ").append(jump.chain());
      out.append('\n');
    } else if (step instanceof Step.Rule rule) {
      out.append("  ").append(word(rule.action()));
      out.append(' ').append(rule.protocol().xmlName());
      rule.matches().forEach(m -> out.append(' ').append(match(m)));
      if (!rule.connection().states().isEmpty()) {
        out.append(rule.connection().states().stream().sorted().map(Enum::name).toList());
      }
      rule.connection().way().ifPresent(way -> out.append(' ').append(word(way)));
      out.append("  # ").append(rule.origin().replace("filter ", "")).append('\n');
    }
  }

  private static String match(Match match) {
    return word(match.field())
        + (match.sense() == Match.Sense.IS ? "=" : "!=")
        + operand(match.operand());
  }

  private static String operand(Operand operand) {
    if (operand instanceof Operand.PortMac) {
      return "own";
    } else if (operand instanceof Operand.Mac mac) {
      return mac.value() + (mac.mask().equals(Operand.Mac.WHOLE) ? "" : "/" + mac.mask());
    } else if (operand instanceof Operand.Number number) {
      return number.from() + (number.from() == number.to() ? "" : "-" + number.to());
    } else if (operand instanceof Operand.Net net) {
      return IpText.format(net.address()) + "/" + net.prefix();
    } else if (operand instanceof Operand.NetRange range) {
      return IpText.format(range.from()) + "-" + IpText.format(range.to());
    } else if (operand instanceof Operand.Lookup lookup) {
      return "lookup(" + word(lookup.family()) + ")";
    } else if (operand instanceof Operand.TcpFlags flags) {
      return flags.mask() + "/" + flags.flags();
    } else if (operand instanceof Operand.IpSet set) {
      return set.source().stream()
          .map(s -> s ? "src" : "dst")
          .collect(Collectors.joining(",", set.name() + ":", ""));
    }
    return "yes";
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
