package org.virt.nwfilter.internal.compile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.nwfilter.internal.xml.Chain;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Rule;

/**
 * Rules as they have to be in their chain. Behind a VLAN tag a frame gets into the chain of what it
 * carries, for what is dropped there; what accepts all frames there means those of the chain's
 * protocol, and so, as every rule about one that accepts, frames without a tag. With libvirt no
 * other frame gets there.
 */
final class InChain {
  private static final Map<Protocol, Long> TYPES =
      Map.of(
          Protocol.IP,
          0x0800L,
          Protocol.ARP,
          0x0806L,
          Protocol.RARP,
          0x8035L,
          Protocol.IPV6,
          0x86ddL);

  private InChain() {}

  /** Returns the rule; absent when it could match no frame there. */
  static Optional<Rule> of(Chain chain, Rule rule) {
    Protocol protocol = chain.protocol();
    Long type = TYPES.get(protocol);
    if (type == null || rule.action() != Action.ACCEPT || rule.protocol() != Protocol.MAC) {
      return Optional.of(rule);
    }
    if (rule.matches().stream().anyMatch(match -> isOther(match, Sense.IS, type))) {
      return Optional.of(rule); // of another protocol, VLAN among them
    }
    if (rule.matches().stream().anyMatch(match -> isType(match, Sense.IS_NOT, type))) {
      return Optional.empty();
    }
    List<Match> rest =
        rule.matches().stream().filter(match -> match.field() != Field.ETHER_TYPE).toList();
    return Optional.of(new Rule(rule.action(), protocol, rest, rule.connection(), rule.origin()));
  }

  private static boolean isOther(Match match, Sense sense, long type) {
    return match.field() == Field.ETHER_TYPE
        && match.sense() == sense
        && !isType(match, sense, type);
  }

  private static boolean isType(Match match, Sense sense, long type) {
    return match.field() == Field.ETHER_TYPE
        && match.sense() == sense
        && match.operand().equals(new Operand.Number(type, type));
  }
}
