package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * Translates rules about packets for iptables and ip6tables. A packet that a port's rules let pass
 * comes back from its chain: the other port's rules and those of others are still asked.
 */
final class TransportTranslator {
  private final Label label;
  private final Program program;
  private final HostFacts host;

  TransportTranslator(Label label, Program program, HostFacts host) {
    this.label = label;
    this.program = program;
    this.host = host;
  }

  /** Returns the types that packets must not have behind a tag, where iptables does not look. */
  static List<Integer> hidden(List<Step.Rule> rules) {
    Set<Integer> types = new TreeSet<>();
    for (Step.Rule rule : rules) {
      boolean stops = rule.action() == Step.Action.DROP || rule.action() == Step.Action.REJECT;
      if (stops) {
        boolean ipv4 = rule.protocol().layer() == Protocol.Layer.IPV4;
        (ipv4 ? Protocol.IP : Protocol.IPV6).etherType().ifPresent(types::add);
      }
    }
    return List.copyOf(types);
  }

  static boolean has(Program program, Protocol.Layer layer) {
    return Stream.concat(program.transportOutgoing().stream(), program.transportIncoming().stream())
        .anyMatch(rule -> rule.protocol().layer() == layer);
  }

  List<Chain> translate(Protocol.Layer layer) throws Refused {
    if (!has(program, layer)) {
      return List.of();
    }
    return List.of(
        chain(Label.OUT, lines(program.transportOutgoing(), layer)),
        chain(Label.IN, lines(program.transportIncoming(), layer)));
  }

  private Chain chain(String direction, List<Line> lines) {
    return new Chain(label.first(direction), Chain.RETURN, lines, "transport");
  }

  private List<Line> lines(List<Step.Rule> rules, Protocol.Layer layer) throws Refused {
    List<Line> lines = new ArrayList<>();
    for (Step.Rule rule : rules) {
      if (rule.protocol().layer() != layer || rule.action() == Step.Action.CONTINUE) {
        continue;
      }
      try {
        require(rule, layer);
        TransportWords words = new TransportWords(rule, label.port().mac());
        if (!words.isNever()) {
          String comment = "-m comment --comment " + Words.comment(rule.origin());
          lines.add(new Line(words.text() + comment + " " + verdict(rule), rule.origin()));
        }
      } catch (Refused e) {
        throw new Refused(rule.origin() + ": " + e.getMessage());
      }
    }
    return lines;
  }

  private void require(Step.Rule rule, Protocol.Layer layer) throws Refused {
    host.requireBridged(layer);
    if (rule.action() == Step.Action.REJECT) {
      host.requireAnswers(label.port().id(), layer);
    }
    for (Match match : rule.matches()) {
      if (match.field() == Field.IP_SET && match.operand() instanceof Operand.IpSet set) {
        host.requireSet(set.name());
      }
    }
  }

  private static String verdict(Step.Rule rule) {
    return switch (rule.action()) {
      case DROP -> "-j DROP";
      case REJECT -> "-j REJECT";
      default -> "-j RETURN";
    };
  }
}
