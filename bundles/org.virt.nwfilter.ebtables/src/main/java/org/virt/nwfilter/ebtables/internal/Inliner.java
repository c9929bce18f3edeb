package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

/**
 * Puts the rules of small chains where these are jumped to, as far as that says the same. The tools
 * look for a chain's name in a list of all, so each chain that is saved makes a commit of many
 * ports shorter.
 */
final class Inliner {
  private static final Set<Field> LINK = Set.of(Field.ETHER_SOURCE, Field.ETHER_DESTINATION);
  private static final Set<Protocol> TYPED =
      Set.of(Protocol.ARP, Protocol.RARP, Protocol.IP, Protocol.IPV6);

  private final Map<String, List<Step>> steps = new HashMap<>();
  private final Map<String, List<Step>> done = new HashMap<>();

  private Inliner(List<Program.Chain> chains) {
    chains.forEach(chain -> steps.put(chain.name(), chain.steps()));
  }

  /** Returns chains that mean the same, the first one first; there are no circles among them. */
  static List<Program.Chain> of(List<Program.Chain> chains) {
    Inliner inliner = new Inliner(chains);
    List<Program.Chain> all = new ArrayList<>();
    for (Program.Chain chain : chains) {
      all.add(new Program.Chain(chain.name(), inliner.inlined(chain.name())));
    }
    List<String> needed = new ArrayList<>(List.of(chains.get(0).name()));
    for (int i = 0; i < needed.size(); i++) {
      for (Step step : inliner.inlined(needed.get(i))) {
        if (step instanceof Step.Jump jump && !needed.contains(jump.chain())) {
          needed.add(jump.chain());
        }
      }
    }
    return all.stream().filter(chain -> needed.contains(chain.name())).toList();
  }

  /** Returns the rule of a chain that does one thing with all frames. */
  static Optional<Step.Rule> only(Program.Chain chain) {
    return chain.steps().size() == 1
            && chain.steps().get(0) instanceof Step.Rule rule
            && rule.protocol() == Protocol.MAC
            && rule.matches().isEmpty()
            && rule.action() != Action.RETURN
            && rule.action() != Action.CONTINUE
        ? Optional.of(rule)
        : Optional.empty();
  }

  private List<Step> inlined(String chain) {
    List<Step> known = done.get(chain);
    if (known != null) {
      return known;
    }
    List<Step> result = new ArrayList<>();
    for (Step step : steps.get(chain)) {
      if (step instanceof Step.Jump jump && steps.containsKey(jump.chain())) {
        result.addAll(instead(jump).orElse(List.of(step)));
      } else {
        result.add(step);
      }
    }
    done.put(chain, List.copyOf(result));
    return done.get(chain);
  }

  /** Returns what does the same as a jump; absent when nothing but the jump does. */
  private Optional<List<Step>> instead(Step.Jump jump) {
    List<Step.Rule> rules = new ArrayList<>();
    for (Step step : inlined(jump.chain())) {
      if (!(step instanceof Step.Rule rule)) {
        return Optional.empty();
      }
      if (rule.action() != Action.CONTINUE) {
        rules.add(rule);
      }
    }
    List<Step> result = new ArrayList<>();
    for (Step.Rule rule : guard(rules).map(List::of).orElse(rules)) {
      Optional<Step.Rule> fitting = fitting(rule, jump.protocol());
      if (fitting.isEmpty()) {
        return Optional.empty();
      }
      result.add(fitting.get());
    }
    return Optional.of(result);
  }

  /** Returns a rule as it has to be where frames of all protocols come by. */
  private static Optional<Step.Rule> fitting(Step.Rule rule, Protocol protocol) {
    if (rule.action() == Action.RETURN) {
      return Optional.empty();
    }
    if (protocol == Protocol.MAC || rule.protocol() == protocol) {
      return Optional.of(rule);
    }
    boolean drops = rule.action() != Action.ACCEPT;
    // What drops looks behind tags, as a jump does; what accepts would not.
    return drops && TYPED.contains(protocol) && isLink(rule)
        ? Optional.of(with(rule, protocol, rule.matches()))
        : Optional.empty();
  }

  private static boolean isLink(Step.Rule rule) {
    return rule.protocol() == Protocol.MAC
        && rule.matches().stream().allMatch(match -> LINK.contains(match.field()));
  }

  /**
   * Returns one rule for two of which the first one lets pass by one MAC address and the second one
   * drops all others. With other fields that would not be the same: a packet that is too short to
   * have them matches neither a condition nor its contrary.
   */
  private static Optional<Step.Rule> guard(List<Step.Rule> rules) {
    if (rules.size() != 2) {
      return Optional.empty();
    }
    Step.Rule pass = rules.get(0);
    Step.Rule drop = rules.get(1);
    boolean both =
        pass.action() == Action.RETURN
            && isLink(pass)
            && pass.matches().size() == 1
            && (drop.action() == Action.DROP || drop.action() == Action.REJECT)
            && isLink(drop)
            && drop.matches().isEmpty();
    if (!both) {
      return Optional.empty();
    }
    Match match = pass.matches().get(0);
    Match.Sense contrary = match.sense() == Match.Sense.IS ? Match.Sense.IS_NOT : Match.Sense.IS;
    return Optional.of(
        with(drop, Protocol.MAC, List.of(new Match(match.field(), contrary, match.operand()))));
  }

  private static Step.Rule with(Step.Rule rule, Protocol protocol, List<Match> matches) {
    return new Step.Rule(rule.action(), protocol, matches, rule.connection(), rule.origin());
  }
}
