package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.nwfilter.nftables.internal.Condition.Member;
import org.virt.nwfilter.nftables.internal.Condition.Note;
import org.virt.nwfilter.nftables.internal.RuleConditions.Refused;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/**
 * Rules about gratuitous ARP, whose sender and target address are the same. Two fields cannot be
 * compared with each other by kernels before 6.13, nor by nft. So the sender is put into a set, the
 * target looked for there, and the sender taken out, by rules that follow each other on one
 * processor, which is part of the key.
 */
final class Gratuitous {
  private Gratuitous() {}

  /**
   * Returns what becomes of a rule.
   *
   * @param plain the rule without this condition
   * @param family of the table that it is for
   */
  static List<Code.Rule> rules(Step.Rule rule, Code.Rule plain, int family) throws Refused {
    Optional<Match> wanted =
        rule.matches().stream().filter(m -> m.field() == Field.ARP_GRATUITOUS).findFirst();
    if (wanted.isEmpty()) {
      return List.of(plain);
    }
    Subject sender = subject(rule, Field.ARP_SENDER_IP);
    Subject target = subject(rule, Field.ARP_TARGET_IP);
    boolean not = wanted.get().sense() == Match.Sense.IS_NOT;
    boolean raw = rule.protocol() == Protocol.RARP;
    String set = set(raw, family == Batch.NETDEV);
    Condition in = new Note(Subjects.PROCESSOR, sender, set, true);
    Condition out = new Note(Subjects.PROCESSOR, sender, set, false);
    Condition full = new Member(Subjects.PROCESSOR, sender, set, true);
    Condition same = new Member(Subjects.PROCESSOR, target, set, not);
    // nft 1.0.6 fails on printing bytes without a name behind a protocol that it does not know.
    // There
    // they go first: what of that is done for other frames, too, is undone for these as well.
    return List.of(
        new Code.Rule(join(raw, plain, in), Verdict.NEXT, ""),
        new Code.Rule(join(raw, plain, full), Verdict.DROP, "no room to compare in"),
        new Code.Rule(join(raw, plain, same, out), plain.verdict(), plain.comment()),
        new Code.Rule(join(raw, plain, out), Verdict.NEXT, ""));
  }

  private static String set(boolean raw, boolean direct) {
    return direct
        ? raw ? DirectLayout.RAW_SENDERS : DirectLayout.SENDERS
        : raw ? Layout.RAW_SENDERS : Layout.SENDERS;
  }

  private static Subject subject(Step.Rule rule, Field field) throws Refused {
    return Subjects.find(rule.protocol(), field)
        .orElseThrow(
            () -> new Refused("arp gratuitous is not supported in " + rule.protocol().xmlName()));
  }

  private static List<Condition> join(boolean first, Code.Rule plain, Condition... conditions) {
    List<Condition> all = new ArrayList<>(plain.conditions());
    all.addAll(first ? 0 : all.size(), List.of(conditions));
    return List.copyOf(all);
  }
}
