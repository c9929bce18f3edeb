package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * Translates the chains of one direction for ebtables.
 *
 * <p>A VLAN tag hides nothing and opens nothing (Step.Rule). ebtables sees the type behind a tag
 * and the frame's MAC addresses, but not what the tagged packet carries: where a rule that does not
 * accept asks for that, all tagged frames of its protocol are dropped.
 */
final class LinkTranslator {
  private static final String HIDDEN = "what a tag hides";

  private final Label label;
  private final String direction;
  private final List<Program.Chain> written;
  private List<Program.Chain> chains;
  private final Map<String, String> names = new HashMap<>();
  private final List<Chain> helpers = new ArrayList<>();
  private List<Line> lines = List.of();

  LinkTranslator(Label label, String direction, List<Program.Chain> chains) {
    this.label = label;
    this.direction = direction;
    written = chains.isEmpty() ? List.of(new Program.Chain("root", List.of())) : chains;
    this.chains = written;
  }

  /**
   * Returns the chains.
   *
   * @param hidden types that packets must not have behind a tag
   */
  List<Chain> translate(List<Integer> hidden) throws Refused {
    check();
    chains = Inliner.of(written);
    chains.forEach(chain -> names.put(chain.name(), next(names.size())));
    Set<String> ofOneProtocol = Program.chainsOfOneProtocol(chains);
    List<Chain> result = new ArrayList<>();
    for (Program.Chain chain : chains) {
      boolean root = result.isEmpty();
      if (!root && Inliner.only(chain).isPresent()) {
        continue; // jumps to it do what it says
      }
      lines = new ArrayList<>();
      LinkRule.Place place = new LinkRule.Place(root, ofOneProtocol.contains(chain.name()));
      if (root) {
        start(hidden);
      }
      for (Step step : chain.steps()) {
        if (step instanceof Step.Jump jump) {
          jump(jump);
        } else if (step instanceof Step.Rule rule) {
          rule(rule, place);
        }
      }
      String policy = root ? Chain.ACCEPT : Chain.RETURN;
      result.add(new Chain(names.get(chain.name()), policy, lines, chain.name()));
    }
    result.addAll(helpers);
    return Guards.of(TagDrops.of(result));
  }

  private void check() throws Refused {
    Set<String> all = new HashSet<>();
    for (Program.Chain chain : written) {
      if (!all.add(chain.name())) {
        throw new Refused("two chains are named " + chain.name());
      }
    }
    new Circles(written).refuse();
    for (Program.Chain chain : written) {
      for (Step step : chain.steps()) {
        if (step instanceof Step.Jump jump && !all.contains(jump.chain())) {
          throw new Refused("there is no chain " + jump.chain());
        }
      }
    }
  }

  private String next(int number) {
    return number == 0
        ? label.first(direction)
        : label.inner() + (direction.equals(Label.OUT) ? "-o" : "-i") + number;
  }

  private void start(List<Integer> hidden) {
    lines.add(
        !hidden.isEmpty() || looksBehindTags()
            ? new Line("-j " + Dispatch.TAGS, HIDDEN)
            : Line.of("-j " + Dispatch.SEEN));
    hidden.forEach(type -> drop(EtherType.behindTag(type)));
  }

  private void drop(String condition) {
    lines.add(new Line(condition + "-j DROP", HIDDEN));
  }

  private boolean looksBehindTags() {
    for (Program.Chain chain : written) {
      for (Step step : chain.steps()) {
        boolean jump = step instanceof Step.Jump j && j.protocol().etherType().isPresent();
        boolean rule =
            step instanceof Step.Rule r
                && (r.protocol().etherType().isPresent()
                    || r.matches().stream().anyMatch(m -> m.field() == Field.ETHER_TYPE));
        if (jump || rule) {
          return true;
        }
      }
    }
    return false;
  }

  private void jump(Step.Jump jump) throws Refused {
    Optional<Step.Rule> only = Inliner.only(chain(jump.chain()));
    Line last = only.isPresent() ? end(only.get()) : Line.of("-j " + names.get(jump.chain()));
    for (String condition : protocol(jump.protocol())) {
      lines.add(new Line(condition + last.text(), last.origin()));
    }
  }

  private Program.Chain chain(String name) {
    return chains.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private static Line end(Step.Rule rule) {
    return new Line(rule.action() == Step.Action.ACCEPT ? "-j ACCEPT" : "-j DROP", rule.origin());
  }

  /** Returns the conditions of which a frame of the protocol meets one, tagged or not. */
  private static List<String> protocol(Protocol protocol) throws Refused {
    return switch (protocol) {
      case MAC -> List.of("");
      case VLAN -> List.of(EtherType.is(EtherType.VLAN));
      case STP -> List.of("-d 01:80:c2:00:00:00 ");
      default -> {
        int type = type(protocol);
        yield List.of(EtherType.is(type), EtherType.behindTag(type));
      }
    };
  }

  private static int type(Protocol protocol) throws Refused {
    return protocol
        .etherType()
        .orElseThrow(() -> new Refused(protocol.xmlName() + " has no place among frames"));
  }

  private void rule(Step.Rule rule, LinkRule.Place place) throws Refused {
    if (rule.action() == Step.Action.CONTINUE) {
      return;
    }
    try {
      LinkConditions conditions = new LinkConditions(rule, label.port().mac());
      if (!conditions.isNever()) {
        new LinkRule(rule, conditions, place, this::helper).addTo(lines);
      }
    } catch (Refused e) {
      throw new Refused(rule.origin() + ": " + e.getMessage());
    }
  }

  /** Makes a chain that comes back for frames of these conditions and jumps on for all others. */
  private String helper(List<String> except, String verdict, String origin) {
    String name = next(chains.size() + helpers.size());
    List<Line> steps = new ArrayList<>();
    except.forEach(condition -> steps.add(new Line(condition.strip() + " -j RETURN", origin)));
    steps.add(new Line(verdict, origin));
    helpers.add(new Chain(name, Chain.RETURN, steps));
    return name;
  }
}
