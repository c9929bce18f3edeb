package org.virt.nwfilter.ebtables.internal;

import java.util.List;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Step;

/** The lines of one rule about frames. */
final class LinkRule {
  private static final String DROP = "-j DROP";
  private static final String BPDU = "-p LENGTH -d 01:80:c2:00:00:00 --802_3-sap 0x42 ";
  private static final long LARGEST_TYPE = 0xffff;

  private final Step.Rule rule;
  private final LinkConditions conditions;
  private final String verdict;
  private final Helpers helpers;
  private final boolean opens;

  /** Makes chains for what one line cannot say. */
  interface Helpers {
    String chain(List<String> except, String verdict, String origin);
  }

  /**
   * The chain of a rule.
   *
   * @param root whether it is the first one
   * @param ofOneProtocol whether it is for frames of one protocol
   */
  record Place(boolean root, boolean ofOneProtocol) {}

  LinkRule(Step.Rule rule, LinkConditions conditions, Place place, Helpers helpers) {
    this.rule = rule;
    this.conditions = conditions;
    this.helpers = helpers;
    opens =
        rule.action() == Step.Action.ACCEPT
            || rule.action() == Step.Action.RETURN && !place.ofOneProtocol();
    verdict =
        switch (rule.action()) {
          case ACCEPT -> "-j ACCEPT";
          case RETURN -> place.root() ? "-j ACCEPT" : "-j RETURN";
          // libvirt does the same: ebtables has no way to answer.
          default -> DROP;
        };
  }

  void addTo(List<Line> lines) throws Refused {
    switch (rule.protocol()) {
      case MAC -> mac(lines);
      case VLAN -> plain(lines, EtherType.is(EtherType.VLAN), verdict);
      case STP -> plain(lines, BPDU, verdict);
      default -> {
        int type =
            rule.protocol()
                .etherType()
                .orElseThrow(
                    () -> new Refused(rule.protocol().xmlName() + " has no place among frames"));
        plain(lines, EtherType.is(type), verdict);
        if (!opens) {
          String tagged = EtherType.behindTag(type);
          boolean exact = conditions.inner().isEmpty();
          if (lines.stream().noneMatch(line -> line.text().equals(tagged + DROP))) {
            link(lines, tagged, exact ? verdict : DROP);
          }
        }
      }
    }
  }

  private void plain(List<Line> lines, String start, String last) throws Refused {
    List<String> none = conditions.inner().none();
    String jump = last;
    if (!none.isEmpty()) {
      jump = exceptFor(none.stream().map(option -> start + option).toList());
    }
    for (String line : conditions.link().lines(start)) {
      for (String whole : conditions.inner().lines(line)) {
        lines.add(new Line(whole + jump, rule.origin()));
      }
    }
  }

  private String exceptFor(List<String> none) throws Refused {
    if (verdict.equals("-j RETURN")) {
      throw new Refused("the action return cannot be told from a condition that does not hold");
    }
    return "-j " + helpers.chain(none, verdict, rule.origin());
  }

  private void link(List<Line> lines, String start, String last) throws Refused {
    for (String line : conditions.link().lines(start)) {
      lines.add(new Line(line + last, rule.origin()));
    }
  }

  /**
   * Rules about types: a positive one that lets pass means frames without a tag, and so does a
   * negative one that drops, since a tagged frame is something else. Others look behind the tag.
   */
  private void mac(List<Line> lines) throws Refused {
    List<Match> types =
        rule.matches().stream().filter(match -> match.field() == Field.ETHER_TYPE).toList();
    if (types.size() > 1) {
      throw new Refused("two EtherTypes");
    }
    if (types.isEmpty()) {
      link(lines, "", verdict);
      return;
    }
    boolean not = types.get(0).sense() == Match.Sense.IS_NOT;
    long type = type(types.get(0));
    boolean tag = type == EtherType.VLAN || type == EtherType.PROVIDER_VLAN;
    boolean strict = tag || (not ? verdict.equals(DROP) : opens);
    if (strict && not) {
      link(lines, String.format("-p ! 0x%04x ", type), verdict);
    } else if (not) {
      link(lines, "", exceptFor(List.of(is(type), EtherType.behindTag(type))));
    } else {
      link(lines, is(type), verdict);
      if (!strict) {
        link(lines, EtherType.behindTag(type), verdict);
      }
    }
  }

  private static String is(long type) {
    return String.format("-p 0x%04x ", type);
  }

  private static long type(Match match) throws Refused {
    if (match.operand() instanceof Operand.Number number
        && number.from() == number.to()
        && number.from() >= EtherType.SMALLEST
        && number.to() <= LARGEST_TYPE) {
      return number.from();
    }
    throw new Refused("ether type cannot be compared with " + match.operand());
  }
}
