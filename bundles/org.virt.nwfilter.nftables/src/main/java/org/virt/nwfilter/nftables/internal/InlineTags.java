package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Subject.Base;
import org.virt.nwfilter.nftables.internal.Subject.Style;

/**
 * Rules for frames as a guest hands them over: a VLAN tag stands in the frame still, where a bridge
 * has taken it out and looks at the type behind. So a rule about that type becomes one for frames
 * without a tag, and one for each kind of tag.
 *
 * <p>Of what is behind a tag the kernel knows the first header, but no ports and no IPv6 extension
 * headers there. A rule that drops then drops whatever these are; any other does nothing.
 */
final class InlineTags {
  private static final List<Integer> TAGS = List.of(EtherType.VLAN, EtherType.PROVIDER_VLAN);
  private static final Subject BEHIND_TAG = Subject.of("vlan type", Base.LINK, 16, 2, Style.HEX);

  /** A number below this is the length of a frame with an LLC header: IEEE 802.3, 3.2.6. */
  private static final int FIRST_TYPE = 0x0600;

  private InlineTags() {}

  /** Returns the same rules for such frames. */
  static List<Code.Rule> rules(List<Code.Rule> rules) {
    List<Code.Rule> all = new ArrayList<>(rules.size());
    for (Code.Rule rule : rules) {
      if (rule.conditions().stream().noneMatch(InlineTags::isType)) {
        all.add(rule);
        continue;
      }
      add(all, rule, untagged(rule.conditions()));
      boolean drops = rule.verdict().equals(Verdict.DROP);
      if (drops || rule.conditions().stream().noneMatch(InlineTags::isUnknown)) {
        for (int tag : TAGS) {
          add(all, rule, tagged(rule.conditions(), tag));
        }
      }
    }
    return List.copyOf(all);
  }

  private static boolean isType(Condition condition) {
    return condition instanceof Compare compare && compare.subject().equals(Subjects.INNER_TYPE);
  }

  private static boolean isUnknown(Condition condition) {
    return condition instanceof Condition.TcpOption
        || condition instanceof Compare compare
            && (compare.subject().base() == Base.TRANSPORT
                || compare.subject().equals(Subjects.IPV6_PROTOCOL));
  }

  private static void add(List<Code.Rule> all, Code.Rule rule, List<Condition> conditions) {
    all.add(new Code.Rule(List.copyOf(conditions), rule.verdict(), rule.comment()));
  }

  private static List<Condition> untagged(List<Condition> conditions) {
    List<Condition> result = new ArrayList<>();
    for (Condition condition : conditions) {
      if (!isType(condition)) {
        result.add(condition);
        continue;
      }
      Compare type = (Compare) condition;
      if (type.negated() || type.isRange() || isTag(type)) {
        for (int tag : TAGS) {
          result.add(Compare.is(Subjects.WIRE_TYPE, tag).negatedIf(true));
        }
      }
      result.add(of(Subjects.WIRE_TYPE, type));
    }
    return result;
  }

  private static List<Condition> tagged(List<Condition> conditions, int tag) {
    List<Condition> result = new ArrayList<>();
    for (Condition condition : conditions) {
      if (isType(condition)) {
        result.add(Compare.is(Subjects.WIRE_TYPE, tag));
        result.add(of(BEHIND_TAG, (Compare) condition));
      } else if (!isUnknown(condition)) {
        result.add(condition);
      }
    }
    return result;
  }

  private static boolean isTag(Compare type) {
    return TAGS.stream()
        .anyMatch(tag -> Arrays.equals(type.from(), Subjects.INNER_TYPE.bytes(tag)));
  }

  private static Compare of(Subject subject, Compare type) {
    byte[] from = type.from();
    byte[] to = type.to();
    if (Arrays.equals(from, subject.bytes(EtherType.LLC)) && !type.isRange()) {
      from = subject.bytes(0);
      to = subject.bytes(FIRST_TYPE - 1);
    }
    return new Compare(subject, type.mask(), type.negated(), from, to);
  }
}
