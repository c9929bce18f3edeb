package org.virt.nwfilter.internal.compile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Rule;

/**
 * ARP has MAC addresses only where its hardware type is Ethernet's. Hosts take type 6 (IEEE 802)
 * for Ethernet, too, so a rule that drops all MAC addresses but some must not let other types by.
 */
final class ArpHardware {
  private static final Field TYPE = Field.ARP_HARDWARE_TYPE;
  private static final Operand ETHERNET = new Operand.Number(1, 1);
  private static final Set<Field> MACS = EnumSet.of(Field.ARP_SENDER_MAC, Field.ARP_TARGET_MAC);

  private ArpHardware() {}

  /** Returns the rule that drops what has no MAC addresses for this one to find wrong. */
  static Optional<Rule> alsoDropped(Rule rule) {
    boolean drops = rule.action() == Action.DROP || rule.action() == Action.REJECT;
    boolean asksForType = rule.matches().stream().anyMatch(m -> m.field() == TYPE);
    if (!drops || asksForType || rule.matches().stream().noneMatch(ArpHardware::isOtherMac)) {
      return Optional.empty();
    }
    List<Match> matches = new ArrayList<>(rule.matches());
    matches.removeIf(ArpHardware::isOtherMac);
    matches.add(new Match(TYPE, Sense.IS_NOT, ETHERNET));
    return Optional.of(
        new Rule(rule.action(), rule.protocol(), matches, rule.connection(), rule.origin()));
  }

  private static boolean isOtherMac(Match match) {
    return MACS.contains(match.field()) && match.sense() == Sense.IS_NOT;
  }
}
