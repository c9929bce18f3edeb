package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.virt.nwfilter.nftables.internal.RuleConditions.Never;
import org.virt.nwfilter.nftables.internal.RuleConditions.Refused;
import org.virt.nwfilter.nftables.internal.TransportConditions.Place;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol.Layer;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

/** Translates the transport rules of a program into the kernel's terms. */
final class TransportTranslator {
  private static final Set<Field> NOT_FROM_HOST = Set.of(Field.CONNECTION_LIMIT, Field.IP_SET);

  /** The last part of chains' names: what a filter's own chains never are called. */
  private static final Map<Place, String> CHAINS =
      Map.of(
          Place.STATEFUL, "transport",
          Place.MARKED, "transport",
          Place.HOST, "transport_host",
          Place.TAGGED, "transport_tagged",
          Place.DIRECT, "transport");

  private final Program program;
  private final Part path;
  private final IpSets ipSets;
  private final Map<String, Code.Chain> entries = new LinkedHashMap<>();
  private final List<PortSet> limits = new ArrayList<>();

  /** A rule cannot be said exactly. */
  static final class RuleRefused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Step.Rule rule;

    RuleRefused(Step.Rule rule, String reason) {
      super(reason);
      this.rule = rule;
    }

    Step.Rule rule() {
      return rule;
    }
  }

  /**
   * Takes a program.
   *
   * @param path where packets are judged
   * @param ipSets the kernel's
   */
  TransportTranslator(Program program, Part path, IpSets ipSets) {
    this.program = program;
    this.path = path;
    this.ipSets = ipSets;
  }

  /**
   * Returns the rules; names of chains and sets start with a hyphen, for they have no group yet.
   */
  Transport translate() throws RuleRefused {
    if (!program.hasTransport()) {
      return Transport.NONE;
    }
    List<Step.Rule> out = program.transportOutgoing();
    List<Step.Rule> in = program.transportIncoming();
    if (path == Part.DIRECT) {
      add(DirectLayout.TRANSPORT_FROM, out, Place.DIRECT, true);
      add(DirectLayout.TRANSPORT_TO, in, Place.DIRECT, false);
    } else {
      addBridged(out, in);
    }
    return new Transport(
        Optional.of(path), Map.copyOf(entries), types(out), types(in), List.copyOf(limits));
  }

  private void addBridged(List<Step.Rule> out, List<Step.Rule> in) throws RuleRefused {
    if (path == Part.MARKED) {
      for (Layer layer : List.of(Layer.IPV4, Layer.IPV6)) {
        boolean ipv4 = layer == Layer.IPV4;
        String from = TransportLayout.named(TransportLayout.MARKED_FROM, ipv4);
        add(from, of(layer, out), Place.MARKED, true);
        String to = TransportLayout.named(TransportLayout.MARKED_TO, ipv4);
        add(to, of(layer, in), Place.MARKED, false);
      }
      add(TransportLayout.HOST_TO, in, Place.HOST, false);
    } else {
      add(TransportLayout.STATEFUL_FROM, out, Place.STATEFUL, true);
      add(TransportLayout.STATEFUL_TO, in, Place.STATEFUL, false);
    }
    add(TransportLayout.TAGGED_FROM, out, Place.TAGGED, true);
    add(TransportLayout.TAGGED_TO, in, Place.TAGGED, false);
  }

  private static List<Step.Rule> of(Layer layer, List<Step.Rule> rules) {
    return rules.stream().filter(rule -> rule.protocol().layer() == layer).toList();
  }

  private static Set<Integer> types(List<Step.Rule> rules) {
    Set<Integer> types = new TreeSet<>();
    for (Step.Rule rule : rules) {
      types.add(TransportConditions.etherType(rule.protocol().layer() == Layer.IPV4));
    }
    return types;
  }

  private void add(String map, List<Step.Rule> rules, Place place, boolean out) throws RuleRefused {
    List<Code.Rule> translated = new ArrayList<>(rules.size() + 1);
    for (Step.Rule rule : rules) {
      if (isFor(place, rule)) {
        add(rule, place, out, translated);
      }
    }
    if (translated.isEmpty() && (place == Place.TAGGED || place == Place.HOST) || rules.isEmpty()) {
      return;
    }
    if (place == Place.MARKED) {
      translated.add(new Code.Rule(List.of(), Verdict.goTo(TransportLayout.PASSED), ""));
    }
    if (place == Place.DIRECT && out) {
      translated = InlineTags.rules(translated);
    }
    String name = (out ? "-out-" : "-in-") + CHAINS.get(place);
    int family = family(place, rules.get(0));
    if (family == Batch.IPV6) {
      name += "6"; // chains of all families have different names
    }
    entries.put(map, new Code.Chain(family, name, List.copyOf(translated)));
  }

  /**
   * A tag opens nothing, so rules that accept are not for packets behind one. What the host itself
   * sends is neither counted nor looked up: the bridge can do neither.
   */
  private static boolean isFor(Place place, Step.Rule rule) {
    return switch (place) {
      case TAGGED -> rule.action() == Action.DROP || rule.action() == Action.REJECT;
      case HOST ->
          rule.action() != Action.CONTINUE
              && rule.matches().stream().map(Match::field).noneMatch(NOT_FROM_HOST::contains);
      case MARKED, STATEFUL, DIRECT -> rule.action() != Action.CONTINUE;
    };
  }

  private void add(Step.Rule rule, Place place, boolean out, List<Code.Rule> translated)
      throws RuleRefused {
    String limit = "-limit-" + limits.size();
    List<Condition> conditions;
    try {
      conditions = new TransportConditions(rule, place, out, ipSets).conditions(limit);
    } catch (Never e) {
      return; // such a rule matches no packet
    } catch (Refused e) {
      throw new RuleRefused(rule, e.getMessage());
    }
    boolean ipv4 = rule.protocol().layer() == Layer.IPV4;
    if (conditions.stream().anyMatch(Condition.Limit.class::isInstance)) {
      KeyPart port = place == Place.MARKED ? KeyPart.MARK : KeyPart.INDEX;
      KeyPart source = ipv4 ? KeyPart.IPV4 : KeyPart.IPV6;
      limits.add(new PortSet(limit, family(place, rule), PortSet.Data.DYNAMIC, port, source));
    }
    Verdict verdict = verdict(rule.action(), place);
    if (rule.action() == Action.REJECT && (place == Place.MARKED || place == Place.STATEFUL)) {
      verdict = ipv4 ? Verdict.REJECT_IPV4 : Verdict.REJECT_IPV6;
    }
    translated.add(
        new Code.Rule(List.copyOf(conditions), verdict, Translator.comment(rule.origin())));
  }

  private static int family(Place place, Step.Rule rule) {
    boolean ipv4 = rule.protocol().layer() == Layer.IPV4;
    return switch (place) {
      case MARKED -> ipv4 ? Batch.IPV4 : Batch.IPV6;
      case DIRECT -> Batch.NETDEV;
      case STATEFUL, HOST, TAGGED -> Batch.BRIDGE;
    };
  }

  private static Verdict verdict(Action action, Place place) {
    boolean passes = action == Action.ACCEPT || action == Action.RETURN;
    if (!passes) {
      return Verdict.DROP;
    }
    return place == Place.MARKED ? Verdict.goTo(TransportLayout.PASSED) : Verdict.ACCEPT;
  }
}
