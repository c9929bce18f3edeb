package org.virt.nwfilter.nftables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

class TranslatorTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");
  private static final PortRef PORT = new PortRef(new PortId("vnet0"), 5, MAC);
  private static final Operand LEARNED = new Operand.Lookup(Operand.Family.IPV4);

  private static Step.Rule rule(Action action, Protocol protocol, Match... matches) {
    return new Step.Rule(
        action, protocol, List.of(matches), Step.Connection.ANY, "filter test, rule 1");
  }

  private static Match is(Field field, Operand operand) {
    return new Match(field, Match.Sense.IS, operand);
  }

  private static Match isNot(Field field, Operand operand) {
    return new Match(field, Match.Sense.IS_NOT, operand);
  }

  private static Operand number(long value) {
    return new Operand.Number(value, value);
  }

  private static PortProgram program(Step... steps) {
    return new PortProgram(
        PORT, new Program(List.of(new Chain("root", List.of(steps))), List.of()));
  }

  private static String golden(String name) throws IOException {
    try (InputStream file = TranslatorTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Code.Rules translate(PortProgram program) throws VirtException {
    return Translator.translate(program, TransportLayout.Part.MARKED, new IpSets());
  }

  private static void expectRefusal(String reason, PortProgram program) {
    VirtException refusal = assertThrows(VirtException.class, () -> translate(program));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, refusal.code());
    assertEquals("translate to nftables for port vnet0: " + reason, refusal.getMessage());
  }

  @Test
  void writesAGuardedPort() throws Exception {
    Operand own = new Operand.PortMac();
    List<Chain> out =
        List.of(
            new Chain(
                "root",
                List.of(
                    rule(Action.DROP, Protocol.MAC, isNot(Field.ETHER_SOURCE, own)),
                    new Step.Jump("ipv4-ip", Protocol.IP),
                    new Step.Jump("arp", Protocol.ARP),
                    rule(Action.ACCEPT, Protocol.MAC, is(Field.ETHER_TYPE, number(0x0800))),
                    rule(Action.DROP, Protocol.MAC))),
            new Chain(
                "ipv4-ip",
                List.of(
                    rule(
                        Action.RETURN,
                        Protocol.IP,
                        is(Field.IP_PROTOCOL, number(17)),
                        is(Field.SOURCE_PORT, number(68)),
                        is(Field.DESTINATION_PORT, number(67))),
                    rule(Action.RETURN, Protocol.IP, is(Field.IP_SOURCE, LEARNED)),
                    rule(Action.DROP, Protocol.MAC))),
            new Chain(
                "arp",
                List.of(rule(Action.ACCEPT, Protocol.ARP, is(Field.ARP_SENDER_IP, LEARNED)))));
    PortProgram program = new PortProgram(PORT, new Program(out, List.of()));
    Code.Rules rules = translate(program);
    Label label = new Label(PORT, 3, program.program().digest());
    AddressBinding lease =
        new AddressBinding(
            PORT, InetAddress.getByName("10.1.2.3"), Optional.of(Duration.ofMinutes(2)));
    String text = NftText.of(List.of(new Code.Port(label, List.of(lease), rules)));
    assertEquals(
        golden("guarded.nft"),
        text.replace(label.digest(), "DIGEST").replace(rules.group(), "GROUP"));
  }

  @Test
  void namesTheSameRulesTheSame() throws Exception {
    PortRef other = new PortRef(new PortId("vnet1"), 6, MacAddress.parse("52:54:00:00:00:01"));
    Step own = rule(Action.DROP, Protocol.MAC, isNot(Field.ETHER_SOURCE, new Operand.PortMac()));
    Code.Rules rules = translate(program(own));
    Program same = new Program(program(own).program().outgoing(), List.of());
    assertEquals(rules.group(), translate(new PortProgram(other, same)).group());
    Code.Rules less = translate(program());
    assertNotEquals(rules.group(), less.group());
  }

  @Test
  void dropsWhatIsRejectedBelowIp() throws Exception {
    Code.Rules rejects = translate(program(rule(Action.REJECT, Protocol.IP)));
    Code.Rules drops = translate(program(rule(Action.DROP, Protocol.IP)));
    assertEquals(drops.group(), rejects.group());
  }

  @Test
  void comparesSenderAndTargetThroughASet() throws Exception {
    Code.Rules rules =
        translate(
            program(rule(Action.DROP, Protocol.ARP, is(Field.ARP_GRATUITOUS, new Operand.Flag()))));
    String text = NftText.ofRules(rules);
    String same =
        "meta cpu . arp daddr ip @arp_senders delete @arp_senders { meta cpu . arp saddr ip }";
    assertTrue(text.contains(same + " counter drop comment \"filter test, rule 1\""), text);
    assertTrue(text.contains("meta cpu . arp saddr ip != @arp_senders counter drop"), text);
  }

  @Test
  void refusesPortsWithoutAProtocolThatHasThem() {
    expectRefusal(
        "filter test, rule 1: ports without a protocol that has them",
        program(rule(Action.DROP, Protocol.IP, is(Field.SOURCE_PORT, number(1)))));
  }

  @Test
  void refusesALookupThatMustFail() {
    expectRefusal(
        "filter test, rule 1: ip source cannot be compared with Lookup[family=IPV4]",
        program(rule(Action.DROP, Protocol.IP, isNot(Field.IP_SOURCE, LEARNED))));
  }

  @Test
  void refusesAnAddressOfTheOtherFamily() throws UnknownHostException {
    Operand net = new Operand.Net(InetAddress.getByName("fd00::"), 64);
    expectRefusal(
        "filter test, rule 1: ip source cannot be compared with " + net,
        program(rule(Action.DROP, Protocol.IP, is(Field.IP_SOURCE, net))));
  }

  @Test
  void refusesANumberThatDoesNotFit() {
    expectRefusal(
        "filter test, rule 1: 4096 is too large for vlan id",
        program(rule(Action.DROP, Protocol.VLAN, is(Field.VLAN_ID, number(4096)))));
  }

  @Test
  void refusesAJumpToNowhere() {
    expectRefusal("there is no chain gone", program(new Step.Jump("gone", Protocol.MAC)));
  }

  @Test
  void readsALabelBack() {
    PortRef odd = new PortRef(new PortId("v\"};$*%41"), 77, MAC);
    Label label = new Label(odd, 12, "abc123");
    assertEquals(label, Label.read(77, label.text()).orElseThrow());
    assertEquals(true, Label.read(77, "somebody else's").isEmpty());
    assertEquals(true, Label.read(0, label.text()).isEmpty());
  }
}
