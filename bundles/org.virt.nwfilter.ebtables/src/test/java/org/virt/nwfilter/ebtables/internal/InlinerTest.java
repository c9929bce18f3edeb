package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.virt.nwfilter.ebtables.internal.Samples.OWN;
import static org.virt.nwfilter.ebtables.internal.Samples.is;
import static org.virt.nwfilter.ebtables.internal.Samples.isNot;
import static org.virt.nwfilter.ebtables.internal.Samples.net;
import static org.virt.nwfilter.ebtables.internal.Samples.rule;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

class InlinerTest {
  private static final Step.Rule DROP_ALL = rule(Action.DROP, Protocol.MAC);
  private static final Step.Rule ACCEPT_ALL = rule(Action.ACCEPT, Protocol.MAC);
  private static final Step.Rule OWN_SOURCE =
      rule(Action.RETURN, Protocol.MAC, is(Field.ETHER_SOURCE, OWN));

  private static Chain chain(String name, Step... steps) {
    return new Chain(name, List.of(steps));
  }

  private static void expect(List<Chain> expected, Chain... chains) {
    assertEquals(expected, Inliner.of(List.of(chains)));
  }

  @Test
  void saysItWithOneRuleWhenAChainLetsOneMacAddressPass() {
    expect(
        List.of(chain("root", rule(Action.DROP, Protocol.MAC, isNot(Field.ETHER_SOURCE, OWN)))),
        chain("root", new Step.Jump("mac", Protocol.MAC)),
        chain("mac", OWN_SOURCE, DROP_ALL));
    expect(
        List.of(chain("root", rule(Action.DROP, Protocol.IP, isNot(Field.ETHER_SOURCE, OWN)))),
        chain("root", new Step.Jump("ipv4", Protocol.IP)),
        chain("ipv4", OWN_SOURCE, DROP_ALL));
  }

  @Test
  void keepsChainsThatComeBackForOtherReasons() {
    Chain root = chain("root", new Step.Jump("arp", Protocol.ARP));
    Step.Rule sender =
        rule(Action.RETURN, Protocol.ARP, is(Field.ARP_SENDER_IP, net("10.0.0.5", 32)));
    for (Chain arp :
        List.of(
            chain("arp", sender, DROP_ALL),
            chain("arp", OWN_SOURCE, sender, DROP_ALL),
            chain("arp", OWN_SOURCE, ACCEPT_ALL))) {
      expect(List.of(root, arp), root, arp);
    }
  }

  @Test
  void keepsAcceptingBehindTags() {
    Chain root = chain("root", new Step.Jump("arp", Protocol.ARP), DROP_ALL);
    Chain arp = chain("arp", ACCEPT_ALL);
    expect(List.of(root, arp), root, arp);
    expect(
        List.of(chain("root", ACCEPT_ALL, DROP_ALL)),
        chain("root", new Step.Jump("mac", Protocol.MAC), DROP_ALL),
        chain("mac", ACCEPT_ALL));
  }

  @Test
  void putsRulesInTheirPlaceAndNarrowsThemToTheProtocol() {
    Step.Rule accept = rule(Action.ACCEPT, Protocol.RARP, is(Field.ARP_SENDER_MAC, OWN));
    Step.Rule other = rule(Action.ACCEPT, Protocol.IP);
    expect(
        List.of(chain("root", other, accept, rule(Action.DROP, Protocol.RARP), DROP_ALL)),
        chain("root", other, new Step.Jump("rarp", Protocol.RARP), DROP_ALL),
        chain("rarp", rule(Action.CONTINUE, Protocol.RARP), accept, DROP_ALL));
  }

  @Test
  void goesThroughChainsInChains() {
    Chain last = chain("ipv4-b", rule(Action.RETURN, Protocol.IP), DROP_ALL);
    expect(
        List.of(
            chain("root", new Step.Jump("ipv4-a", Protocol.IP)),
            chain("ipv4-a", new Step.Jump("ipv4-b", Protocol.IP)),
            last),
        chain("root", new Step.Jump("ipv4-a", Protocol.IP)),
        chain("ipv4-a", new Step.Jump("ipv4-b", Protocol.IP), new Step.Jump("none", Protocol.IP)),
        last,
        chain("none"));
    expect(
        List.of(chain("root", rule(Action.DROP, Protocol.IP))),
        chain("root", new Step.Jump("ipv4-a", Protocol.IP)),
        chain("ipv4-a", new Step.Jump("ipv4-b", Protocol.IP)),
        chain("ipv4-b", DROP_ALL));
  }
}
