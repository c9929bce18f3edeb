package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.virt.test.contract.Programs.is;
import static org.virt.test.contract.Programs.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.State;
import org.virt.spi.nwfilter.Step.Way;

/**
 * What transport rules mean, packet by packet. Extend it in the technique's own tests, with a
 * {@link #openLab lab} that is an {@link IpLab}.
 */
public abstract class TransportContract extends TechniqueFixture {
  private static final Connection OPENS =
      new Connection(Set.of(State.NEW, State.ESTABLISHED), Optional.of(Way.ORIGINAL));
  private static final Connection ANSWERS =
      new Connection(Set.of(State.ESTABLISHED), Optional.of(Way.REPLY));
  private static final Connection RELATED = new Connection(Set.of(State.RELATED), Optional.empty());
  private static final Step.Rule DROP4 = rule(Action.DROP, Protocol.ALL, Connection.ANY);
  private static final Step.Rule DROP6 = rule(Action.DROP, Protocol.ALL_IPV6, Connection.ANY);
  private static final String GUEST = "10.9.1.1";
  private static final String PEER = "10.9.2.2";

  /** Every connection is another one: the kernel remembers them for longer than a test takes. */
  private int lastPort = 20_000;

  @Override
  protected abstract IpLab openLab() throws Exception;

  /**
   * Says whether packets are judged in the bridge, those that the host sends among them; else
   * behind it, on their way through the host.
   */
  protected boolean judgesInTheBridge() {
    return true;
  }

  /**
   * Says whether a packet behind a tag passes that no rule stops; else all of its family are gone.
   */
  protected boolean looksIntoTaggedPackets() {
    return true;
  }

  private IpLab ipLab() {
    return (IpLab) lab;
  }

  static Step.Rule rule(Action action, Protocol protocol, Connection connection, Match... matches) {
    return new Step.Rule(action, protocol, List.of(matches), connection, Programs.ORIGIN);
  }

  private static PortProgram program(
      PortRef port, List<Step.Rule> outgoing, List<Step.Rule> incoming) {
    return new PortProgram(port, new Program(List.of(), List.of(), outgoing, incoming));
  }

  /** Commits rules that are the same both ways. */
  private void commitRules(PortRef port, Step.Rule... rules) throws Exception {
    commit(program(port, List.of(rules), List.of(rules)));
  }

  private int nextPort() {
    return ++lastPort;
  }

  @Test
  void letsAnswersComeBackAndNothingElse() throws Exception {
    PortRef port = plug();
    Match web = is(Field.DESTINATION_PORT, number(80));
    Match fromWeb = is(Field.SOURCE_PORT, number(80));
    commit(
        program(
            port,
            List.of(
                rule(Action.ACCEPT, Protocol.TCP, OPENS, web),
                rule(Action.ACCEPT, Protocol.UDP_IPV6, OPENS, web),
                DROP4,
                DROP6),
            List.of(
                rule(Action.ACCEPT, Protocol.TCP, ANSWERS, fromWeb),
                rule(Action.ACCEPT, Protocol.UDP_IPV6, ANSWERS, fromWeb),
                DROP4,
                DROP6)));
    int own = nextPort();
    byte[] answer = Segments.tcp(PEER, 80, GUEST, own, Segments.SYN | Segments.ACK);
    assertFalse(reaches(port, answer));
    own = nextPort();
    answer = Segments.tcp(PEER, 80, GUEST, own, Segments.SYN | Segments.ACK);
    assertTrue(leaves(port, Segments.tcp(GUEST, own, PEER, 80, Segments.SYN)));
    assertTrue(reaches(port, answer));
    assertFalse(reaches(port, Segments.tcp(PEER, 80, GUEST, nextPort(), Segments.SYN)));
    assertFalse(leaves(port, Segments.tcp(GUEST, nextPort(), PEER, 81, Segments.SYN)));
    assertTrue(leaves(port, Segments.udp("fd00:9::2", own, "fd00:9::3", 80)));
    assertTrue(reaches(port, Segments.udp("fd00:9::3", 80, "fd00:9::2", own)));
    assertFalse(reaches(port, Segments.udp("fd00:9::3", 80, "fd00:9::2", nextPort())));
    assertTrue(leaves(port, Packets.arp(Packets.ARP, Packets.A, GUEST)));
  }

  @Test
  void knowsErrorsThatBelongToAConnection() throws Exception {
    PortRef port = plug();
    commit(program(port, List.of(), List.of(rule(Action.ACCEPT, Protocol.ICMP, RELATED), DROP4)));
    byte[] sent = Segments.udp(GUEST, nextPort(), PEER, 53);
    assertTrue(leaves(port, sent));
    assertTrue(reaches(port, Segments.unreachable(PEER, GUEST, sent)));
    byte[] never = Segments.udp(GUEST, nextPort(), PEER, 53);
    assertFalse(reaches(port, Segments.unreachable(PEER, GUEST, never)));
  }

  @Test
  void looksAtRulesInTheirOrderAndPassesWhatNoneDecides() throws Exception {
    PortRef port = plug();
    Match low = is(Field.DESTINATION_PORT, new Operand.Number(0, 99));
    commitRules(
        port,
        rule(Action.CONTINUE, Protocol.UDP, Connection.ANY),
        rule(Action.ACCEPT, Protocol.UDP, Connection.ANY, is(Field.DESTINATION_PORT, number(7))),
        rule(Action.RETURN, Protocol.UDP, Connection.ANY, is(Field.DESTINATION_PORT, number(8))),
        rule(Action.DROP, Protocol.UDP, Connection.ANY, low));
    expect(true, port, Segments.udp(GUEST, nextPort(), PEER, 7));
    expect(true, port, Segments.udp(GUEST, nextPort(), PEER, 8));
    expect(false, port, Segments.udp(GUEST, nextPort(), PEER, 9));
    expect(true, port, Segments.udp(GUEST, nextPort(), PEER, 100));
    expect(true, port, Segments.udp("fd00:9::2", nextPort(), "fd00:9::3", 9));
  }

  @Test
  void asksChainsOfFramesAsWell() throws Exception {
    PortRef port = plug();
    Chain noUdp =
        Programs.root(
            Programs.rule(Action.DROP, Protocol.IP, is(Field.IP_PROTOCOL, number(Packets.UDP))));
    List<Step.Rule> rules =
        List.of(
            rule(Action.ACCEPT, Protocol.UDP, Connection.ANY),
            rule(Action.ACCEPT, Protocol.TCP, Connection.ANY),
            DROP4);
    commit(new PortProgram(port, new Program(List.of(noUdp), List.of(noUdp), rules, rules)));
    expect(false, port, Segments.udp(GUEST, nextPort(), PEER, 9));
    expect(true, port, Segments.tcp(GUEST, nextPort(), PEER, 9, Segments.SYN));
    expect(false, port, Segments.icmp(GUEST, PEER, 8, 0));
  }

  @Test
  void asksBothPortsBetweenGuests() throws Exception {
    PortRef from = plug();
    PortRef to = plug();
    commit(
        program(from, List.of(DROP4), List.of()),
        program(to, List.of(), List.of(rule(Action.DROP, Protocol.UDP, Connection.ANY))));
    byte[] udp = Segments.udp(GUEST, nextPort(), PEER, 9);
    byte[] tcp = Segments.tcp(GUEST, nextPort(), PEER, 9, Segments.SYN);
    assertFalse(lab.passes(from, tcp, to));
    assertTrue(lab.passes(to, udp, from));
    commit(program(from, List.of(), List.of()));
    assertTrue(lab.passes(from, tcp, to));
    assertFalse(lab.passes(from, udp, to));
  }

  @TestFactory
  Stream<DynamicTest> comparesEveryField() throws Exception {
    PortRef port = plug();
    return TransportRow.all().stream()
        .flatMap(
            row ->
                Stream.of(Sense.values())
                    .map(sense -> dynamicTest(sense + " " + row, () -> check(port, row, sense))));
  }

  private void check(PortRef port, TransportRow row, Sense sense) throws Exception {
    List<Match> matches = new ArrayList<>();
    row.match().ifPresent(match -> matches.add(new Match(match.field(), sense, match.operand())));
    if (row.match().isEmpty() && sense == Sense.IS_NOT) {
      return; // nothing can be negated
    }
    Match[] all = matches.toArray(Match[]::new);
    if (matches.stream().anyMatch(match -> !supports(row.protocol(), match))) {
      Step.Rule refused = rule(Action.DROP, row.protocol(), Connection.ANY, all);
      expectRefusal(program(port, List.of(refused), List.of()));
      return;
    }
    commitRules(port, rule(Action.ACCEPT, row.protocol(), Connection.ANY, all), DROP4, DROP6);
    expect(sense == Sense.IS, port, row.hit());
    expect(sense == Sense.IS_NOT && row.missIsOfProtocol(), port, row.miss());
    commitRules(port, rule(Action.DROP, row.protocol(), Connection.ANY, all));
    expect(sense == Sense.IS_NOT, port, row.hit());
    expect(sense == Sense.IS || !row.missIsOfProtocol(), port, row.miss());
  }

  @Test
  void findsBoundAddresses() throws Exception {
    assumeTrue(technique.probe().lookups(), "the technique has no lookups");
    PortRef port = plug();
    PortRef other = plug();
    Match own = is(Field.IP_SOURCE, new Operand.Lookup(Operand.Family.IPV4));
    List<Step.Rule> out = List.of(rule(Action.ACCEPT, Protocol.UDP, Connection.ANY, own), DROP4);
    commit(program(port, out, List.of()), program(other, out, List.of()));
    assertFalse(leaves(port, Segments.udp(GUEST, nextPort(), PEER, 9)));
    technique.bind(List.of(binding(port, GUEST, Optional.empty())), List.of());
    assertTrue(leaves(port, Segments.udp(GUEST, nextPort(), PEER, 9)));
    assertFalse(leaves(other, Segments.udp(GUEST, nextPort(), PEER, 9)));
    restart();
    technique.bind(List.of(), List.of(binding(port, GUEST, Optional.empty())));
    assertFalse(leaves(port, Segments.udp(GUEST, nextPort(), PEER, 9)));
  }

  @Test
  void countsConnectionsBySourceAndPort() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    Match limit = is(Field.CONNECTION_LIMIT, number(1));
    List<Step.Rule> out = List.of(rule(Action.DROP, Protocol.UDP, Connection.ANY, limit));
    commit(program(port, out, List.of()), program(other, out, List.of()));
    String source = "10.9.3." + (nextPort() & 0x7f);
    int first = nextPort();
    assertTrue(leaves(port, Segments.udp(source, first, PEER, 9)));
    assertTrue(leaves(port, Segments.udp(source, first, PEER, 9)));
    assertFalse(leaves(port, Segments.udp(source, nextPort(), PEER, 9)));
    assertTrue(leaves(port, Segments.udp("10.9.4.4", nextPort(), PEER, 9)));
    assertTrue(leaves(other, Segments.udp(source, nextPort(), PEER, 9)));
  }

  @Test
  void looksIntoIpSets() throws Exception {
    PortRef port = plug();
    Step.Rule bad =
        rule(
            Action.DROP,
            Protocol.UDP,
            Connection.ANY,
            is(Field.IP_SET, new Operand.IpSet("vcbad", List.of(true))));
    expectRefusal(program(port, List.of(bad), List.of()));
    Step.Rule otherFamily =
        rule(
            Action.DROP,
            Protocol.UDP_IPV6,
            Connection.ANY,
            is(Field.IP_SET, new Operand.IpSet("vcbad", List.of(true))));
    ipLab().makeIpSet("vcbad", List.of("10.9.5.5"));
    try {
      assertThrows(
          VirtException.class, () -> commit(program(port, List.of(otherFamily), List.of())));
      commit(program(port, List.of(bad), List.of()));
      assertFalse(leaves(port, Segments.udp("10.9.5.5", nextPort(), PEER, 9)));
      assertTrue(leaves(port, Segments.udp(GUEST, nextPort(), PEER, 9)));
      assertTrue(reaches(port, Segments.udp("10.9.5.5", nextPort(), PEER, 9)));
      technique.remove(List.of(port));
    } finally {
      ipLab().deleteIpSet("vcbad");
    }
  }

  @Test
  void tellsTheSenderOfWhatItRejects() throws Exception {
    PortRef port = plug();
    Match ssh = is(Field.DESTINATION_PORT, number(22));
    commit(
        program(
            port, List.of(rule(Action.REJECT, Protocol.TCP, Connection.ANY, ssh)), List.of(DROP4)));
    byte[] refused = Segments.tcp(GUEST, nextPort(), PEER, 22, Segments.SYN);
    assertFalse(leaves(port, refused));
    List<byte[]> answers = ipLab().answers(port, refused);
    // Behind the bridge a flooded packet is one for each port that it goes to.
    assertTrue(judgesInTheBridge() ? answers.size() == 1 : !answers.isEmpty(), "answers");
    assertEquals(3, answers.get(0)[20], "destination unreachable");
    assertEquals(3, answers.get(0)[21], "port");
    assertTrue(leaves(port, Segments.tcp(GUEST, nextPort(), PEER, 23, Segments.SYN)));
  }

  @Test
  void letsNoTagHideOrOpenAnything() throws Exception {
    PortRef port = plug();
    commitRules(
        port,
        rule(Action.ACCEPT, Protocol.UDP, Connection.ANY),
        rule(Action.DROP, Protocol.TCP, OPENS),
        rule(Action.DROP, Protocol.UDP_IPV6, Connection.ANY));
    byte[] tcp = Segments.tcp(GUEST, nextPort(), PEER, 9, Segments.SYN);
    byte[] ipv6 = Segments.udp("fd00:9::2", nextPort(), "fd00:9::3", 9);
    byte[] udp = Segments.udp(GUEST, nextPort(), PEER, 9);
    for (int type : List.of(Packets.VLAN, Packets.PROVIDER_VLAN)) {
      expect(false, port, Packets.tagged(tcp, type, 7), Packets.tagged(ipv6, type, 7));
      if (looksIntoTaggedPackets()) {
        expect(true, port, Packets.tagged(udp, type, 7));
      }
      expect(false, port, Packets.tagged(Packets.tagged(tcp, Packets.VLAN, 7), type, 8));
    }
    commitRules(port, rule(Action.ACCEPT, Protocol.UDP, Connection.ANY), DROP4);
    expect(false, port, Packets.tagged(udp, Packets.VLAN, 7));
  }

  @Test
  void judgesWhatTheHostSends() throws Exception {
    assumeTrue(judgesInTheBridge(), "the technique does not see what the host sends");
    PortRef port = plug();
    Match dns = is(Field.SOURCE_PORT, number(53));
    commit(
        program(port, List.of(), List.of(rule(Action.ACCEPT, Protocol.UDP, ANSWERS, dns), DROP4)));
    assertFalse(ipLab().hostSends(port, GUEST, 53, nextPort()));
    int own = nextPort();
    assertTrue(lab.passes(port, toHost(Segments.udp(GUEST, own, IpLab.HOST, 53)), lab.host()));
    assertTrue(ipLab().hostSends(port, GUEST, 53, own));
    commitRules(port, rule(Action.DROP, Protocol.TCP, Connection.ANY));
    assertTrue(ipLab().hostSends(port, GUEST, 53, nextPort()));
  }

  @Test
  void judgesWhatGoesToTheHost() throws Exception {
    assumeTrue(judgesInTheBridge(), "the technique judges this where no frame is seen any more");
    PortRef port = plug();
    commit(program(port, List.of(rule(Action.DROP, Protocol.UDP, Connection.ANY)), List.of()));
    byte[] udp = Segments.udp(GUEST, nextPort(), IpLab.HOST, 9);
    assertFalse(lab.passes(port, toHost(udp), lab.host()));
    byte[] tcp = Segments.tcp(GUEST, nextPort(), IpLab.HOST, 9, Segments.SYN);
    assertTrue(lab.passes(port, toHost(tcp), lab.host()));
  }

  private byte[] toHost(byte[] frame) {
    byte[] changed = frame.clone();
    byte[] mac = lab.host().mac().bytes();
    System.arraycopy(mac, 0, changed, 0, mac.length);
    return changed;
  }
}
