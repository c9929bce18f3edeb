package org.virt.test.contract;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.virt.test.contract.Packets.A;
import static org.virt.test.contract.Packets.ALL;
import static org.virt.test.contract.Packets.B;
import static org.virt.test.contract.Packets.tagged;
import static org.virt.test.contract.Packets.udp;
import static org.virt.test.contract.Programs.ACCEPT_ALL;
import static org.virt.test.contract.Programs.DROP_ALL;
import static org.virt.test.contract.Programs.is;
import static org.virt.test.contract.Programs.isNot;
import static org.virt.test.contract.Programs.jump;
import static org.virt.test.contract.Programs.mac;
import static org.virt.test.contract.Programs.net;
import static org.virt.test.contract.Programs.number;
import static org.virt.test.contract.Programs.open;
import static org.virt.test.contract.Programs.program;
import static org.virt.test.contract.Programs.root;
import static org.virt.test.contract.Programs.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

/** What programs mean, frame by frame: for ports that are in no bridge. */
public abstract class MeaningContract extends ChangeContract {
  private static final byte[] GOOD = udp("10.0.0.2", "10.0.0.9");
  private static final byte[] ARP = Packets.arp(Packets.ARP, A, "10.0.0.2");
  private static final byte[] OTHER = Packets.other(A, ALL);

  @Test
  void passesWhatNoChainForbids() throws Exception {
    PortRef port = plug();
    commit(open(port));
    expectOpen(port);
    commit(port);
    expectOpen(port);
    commit(port, rule(Action.CONTINUE, Protocol.MAC), rule(Action.RETURN, Protocol.MAC), DROP_ALL);
    expectOpen(port);
  }

  @Test
  void looksAtStepsInTheirOrder() throws Exception {
    PortRef port = plug();
    Step drop = rule(Action.DROP, Protocol.IP);
    commit(port, rule(Action.CONTINUE, Protocol.IP), rule(Action.ACCEPT, Protocol.IP), drop);
    expect(true, port, GOOD, ARP);
    commit(port, rule(Action.CONTINUE, Protocol.IP), drop, ACCEPT_ALL);
    expect(false, port, GOOD);
    expect(true, port, ARP);
    commit(port, rule(Action.ACCEPT, Protocol.ARP), rule(Action.RETURN, Protocol.IP), DROP_ALL);
    expect(true, port, GOOD, ARP);
    expect(false, port, OTHER);
  }

  @Test
  void goesThroughChainsAndComesBack() throws Exception {
    PortRef port = plug();
    Match first = is(Field.ETHER_SOURCE, mac(A));
    Chain inner =
        new Chain(
            "ipv4-inner",
            List.of(
                rule(Action.ACCEPT, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.2", 32))),
                rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.3", 32))),
                rule(Action.RETURN, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.4", 32))),
                rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.5", 32)))));
    Chain outer =
        new Chain(
            "mac-a_chain.with-a-long-name",
            List.of(
                jump("ipv4-inner", Protocol.IP),
                rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.4", 32))),
                rule(Action.RETURN, Protocol.ARP, first),
                rule(Action.DROP, Protocol.ARP)));
    commit(
        program(
            port,
            root(
                jump(outer.name(), Protocol.MAC),
                rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.6", 32))),
                rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net("10.0.0.2", 32)))),
            outer,
            inner));
    expect(true, port, GOOD, udp("10.0.0.7", "10.0.0.9"), ARP, OTHER);
    for (int last = 3; last <= 6; last++) {
      expect(false, port, udp("10.0.0." + last, "10.0.0.9"));
    }
    expect(false, port, Packets.from(B).apply(ARP));
  }

  @TestFactory
  Stream<DynamicTest> goesThroughAChainOnlyWithItsProtocol() throws Exception {
    PortRef port = plug();
    return Packets.samples().keySet().stream()
        .map(
            name ->
                dynamicTest(
                    name,
                    () -> {
                      Protocol protocol = Protocol.of(name).orElseThrow();
                      Chain chain = new Chain(name + "-x", List.of(DROP_ALL));
                      commit(program(port, root(jump(chain.name(), protocol)), chain));
                      expectOnly(port, name);
                      commit(port, rule(Action.DROP, protocol));
                      expectOnly(port, name);
                    }));
  }

  /** Expects that frames of a protocol do not pass, and all others do. */
  private void expectOnly(PortRef port, String name) throws Exception {
    for (Map.Entry<String, byte[]> sample : Packets.samples().entrySet()) {
      expect(!name.equals("mac") && !name.equals(sample.getKey()), port, sample.getValue());
    }
  }

  @TestFactory
  Stream<DynamicTest> comparesEveryField() throws Exception {
    PortRef port = plug();
    return MatchRow.all().stream()
        .flatMap(
            row ->
                Stream.of(Sense.values())
                    .map(sense -> dynamicTest(sense + " " + row, () -> check(port, row, sense))));
  }

  private void check(PortRef port, MatchRow row, Sense sense) throws Exception {
    List<Match> matches = new ArrayList<>();
    row.needs().forEach((field, operand) -> matches.add(is(field, operand)));
    matches.add(new Match(row.field(), sense, row.operand()));
    Match[] all = matches.toArray(Match[]::new);
    if (!supports(row.field(), row.operand())) {
      expectRefusal(program(port, rule(Action.DROP, row.protocol(), all)));
      return;
    }
    commit(port, rule(Action.ACCEPT, row.protocol(), all), DROP_ALL);
    expect(sense == Sense.IS, port, row.hit());
    expect(sense == Sense.IS_NOT, port, row.miss());
    expect(false, port, row.others().toArray(byte[][]::new));
    commit(port, rule(Action.DROP, row.protocol(), all));
    expect(sense == Sense.IS_NOT, port, row.hit());
    expect(sense == Sense.IS, port, row.miss());
    expect(true, port, row.others().toArray(byte[][]::new));
  }

  @Test
  void wantsAllConditionsOfARule() throws Exception {
    PortRef port = plug();
    commit(
        port,
        rule(
            Action.DROP,
            Protocol.IP,
            is(Field.ETHER_SOURCE, mac(A)),
            isNot(Field.IP_SOURCE, net("10.0.0.2", 32)),
            isNot(Field.IP_DESTINATION, net("10.0.0.9", 32)),
            is(Field.IP_PROTOCOL, number(Packets.UDP))));
    byte[] bad = udp("10.0.0.3", "10.0.0.8");
    expect(false, port, bad);
    expect(true, port, Packets.from(B).apply(bad));
    expect(true, port, GOOD, udp("10.0.0.3", "10.0.0.9"), udp("10.0.0.2", "10.0.0.8"));
    expect(true, port, Packets.ip(Packets.TCP, "10.0.0.3", "10.0.0.8", new byte[20]));
  }

  @Test
  void takesNetsOfAllAddresses() throws Exception {
    PortRef port = plug();
    byte[] ipv6 = udp("fd00::2", "fd00::9");
    commit(port, rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net("0.0.0.0", 0))));
    expect(false, port, GOOD);
    expect(true, port, ARP, ipv6);
    commit(port, rule(Action.DROP, Protocol.IPV6, is(Field.IP_SOURCE, net("::", 0))));
    expect(true, port, GOOD, ARP);
    expect(false, port, ipv6);
  }

  @Test
  void letsNoTagOpenAWay() throws Exception {
    PortRef port = plug();
    commit(
        port,
        rule(Action.ACCEPT, Protocol.IP),
        rule(Action.ACCEPT, Protocol.ARP),
        rule(Action.ACCEPT, Protocol.IPV6),
        DROP_ALL);
    for (byte[] frame : List.of(GOOD, ARP, udp("fd00::2", "fd00::9"))) {
      expect(true, port, frame);
      expect(false, port, tagged(frame, Packets.VLAN, 7));
      expect(false, port, tagged(frame, Packets.PROVIDER_VLAN, 7));
    }
    commit(port, rule(Action.ACCEPT, Protocol.VLAN), DROP_ALL);
    expect(true, port, tagged(GOOD, Packets.VLAN, 7));
    expect(false, port, GOOD);
  }

  @Test
  void letsNoTagOpenAWayByReturning() throws Exception {
    PortRef port = plug();
    Step returns = rule(Action.RETURN, Protocol.IP);
    commit(port, returns, DROP_ALL);
    expect(true, port, GOOD);
    expect(false, port, tagged(GOOD, Packets.VLAN, 7), tagged(GOOD, Packets.PROVIDER_VLAN, 7));
    Chain all = new Chain("mac-x", List.of(returns, DROP_ALL));
    commit(program(port, root(jump(all.name(), Protocol.MAC)), all));
    expect(true, port, GOOD);
    expect(false, port, tagged(GOOD, Packets.VLAN, 7));
    Chain ip = new Chain("ipv4-x", List.of(rule(Action.RETURN, Protocol.IP), DROP_ALL));
    commit(program(port, root(jump(ip.name(), Protocol.IP)), ip));
    expect(true, port, GOOD, ARP, tagged(GOOD, Packets.VLAN, 7));
  }

  @Test
  void letsNoTagHideAPacket() throws Exception {
    PortRef port = plug();
    Match ip = isNot(Field.IP_SOURCE, net("10.0.0.2", 32));
    Match sender = isNot(Field.ARP_SENDER_IP, net("10.0.0.2", 32));
    Match ipv6 = isNot(Field.IP_SOURCE, net("fd00::2", 128));
    List<byte[]> spoofed =
        List.of(
            udp("10.0.0.3", "10.0.0.9"),
            Packets.arp(Packets.ARP, A, "10.0.0.3"),
            udp("fd00::3", "fd00::9"));
    Chain plain =
        root(
            rule(Action.DROP, Protocol.IP, ip),
            rule(Action.DROP, Protocol.ARP, sender),
            rule(Action.DROP, Protocol.IPV6, ipv6));
    Chain jumps =
        root(
            jump("ipv4-x", Protocol.IP),
            jump("arp-x", Protocol.ARP),
            jump("ipv6-x", Protocol.IPV6));
    List<PortProgram> programs =
        List.of(
            program(port, plain),
            program(
                port,
                jumps,
                new Chain("ipv4-x", List.of(rule(Action.DROP, Protocol.IP, ip))),
                new Chain("arp-x", List.of(rule(Action.DROP, Protocol.ARP, sender))),
                new Chain("ipv6-x", List.of(rule(Action.DROP, Protocol.IPV6, ipv6)))));
    for (PortProgram program : programs) {
      commit(program);
      for (byte[] frame : spoofed) {
        expect(false, port, frame);
        expect(false, port, tagged(frame, Packets.VLAN, 7));
        expect(false, port, tagged(frame, Packets.PROVIDER_VLAN, 7));
        expect(false, port, tagged(tagged(frame, Packets.VLAN, 7), Packets.VLAN, 8));
        expect(false, port, tagged(tagged(frame, Packets.VLAN, 7), Packets.PROVIDER_VLAN, 8));
      }
    }
  }
}
