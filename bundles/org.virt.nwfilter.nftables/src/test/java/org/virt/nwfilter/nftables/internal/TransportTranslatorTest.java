package org.virt.nwfilter.nftables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.State;
import org.virt.spi.nwfilter.Step.Way;

class TransportTranslatorTest {
  private static final PortRef PORT =
      new PortRef(new PortId("vnet0"), 5, MacAddress.parse("52:54:00:12:34:56"));
  private static final Connection OPENS =
      new Connection(Set.of(State.NEW, State.ESTABLISHED), Optional.of(Way.ORIGINAL));
  private static final Connection ANSWERS =
      new Connection(Set.of(State.ESTABLISHED), Optional.of(Way.REPLY));

  private static Step.Rule rule(
      Action action, Protocol protocol, Connection connection, Match... matches) {
    return new Step.Rule(action, protocol, List.of(matches), connection, "filter t, rule 1");
  }

  private static Match is(Field field, Operand operand) {
    return new Match(field, Match.Sense.IS, operand);
  }

  private static Operand number(long value) {
    return new Operand.Number(value, value);
  }

  private static PortProgram program(List<Step.Rule> out, List<Step.Rule> in) {
    return new PortProgram(PORT, new Program(List.of(), List.of(), out, in));
  }

  /** A web server that answers, counts and rejects. */
  private static PortProgram server(Action otherwise) {
    Match port = is(Field.DESTINATION_PORT, number(80));
    Operand own = new Operand.Lookup(Operand.Family.IPV4);
    List<Step.Rule> in =
        List.of(
            rule(Action.DROP, Protocol.TCP, Connection.ANY, port, limit(20)),
            rule(Action.ACCEPT, Protocol.TCP, OPENS, port, is(Field.IP_DESTINATION, own)),
            rule(Action.DROP, Protocol.ALL, Connection.ANY),
            rule(Action.DROP, Protocol.ALL_IPV6, Connection.ANY));
    List<Step.Rule> out =
        List.of(
            rule(
                Action.ACCEPT,
                Protocol.TCP,
                ANSWERS,
                is(Field.ETHER_SOURCE, new Operand.PortMac()),
                is(Field.SOURCE_PORT, number(80))),
            rule(otherwise, Protocol.ALL, Connection.ANY));
    return program(out, in);
  }

  private static Match limit(long above) {
    return is(Field.CONNECTION_LIMIT, number(above));
  }

  private static String text(PortProgram program, Part path) throws Exception {
    Code.Rules rules = Translator.translate(program, path, new IpSets());
    Label label = new Label(PORT, 0x183, program.program().digest());
    AddressBinding address =
        new AddressBinding(PORT, InetAddress.getByName("10.1.2.3"), Optional.empty());
    return NftText.of(List.of(new Code.Port(label, List.of(address), rules)))
        .replace(label.digest(), "DIGEST")
        .replace(rules.group(), "GROUP");
  }

  private static String golden(String name) throws IOException {
    try (InputStream file = TransportTranslatorTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void judgesByMarksWhereTheBridgeTracksNothing() throws Exception {
    assertEquals(golden("marked.nft"), text(server(Action.REJECT), Part.MARKED));
  }

  @Test
  void judgesInABridgeThatTracksConnections() throws Exception {
    assertEquals(golden("stateful.nft"), text(server(Action.REJECT), Part.STATEFUL));
  }

  @Test
  void marksOnlyTypesThatThereAreRulesFor() throws Exception {
    Step.Rule ipv6 = rule(Action.DROP, Protocol.UDP_IPV6, Connection.ANY);
    PortProgram program = program(List.of(), List.of(ipv6));
    Transport transport = Translator.translate(program, Part.MARKED, new IpSets()).transport();
    assertEquals(Set.of(), transport.fromTypes());
    assertEquals(Set.of(0x86dd), transport.toTypes());
    assertEquals(
        Set.of("marked_to6", TransportLayout.HOST_TO, TransportLayout.TAGGED_TO),
        transport.entries().keySet());
  }

  @Test
  void leavesOutWhatMatchesNoPacket() throws Exception {
    Match never = is(Field.TCP_FLAGS, new Operand.TcpFlags(2, 0x3f));
    Match always = new Match(Field.TCP_FLAGS, Match.Sense.IS_NOT, new Operand.TcpFlags(2, 0x3f));
    assertEquals(1, outgoing(rule(Action.DROP, Protocol.TCP, Connection.ANY, never)).size());
    List<Code.Rule> rules = outgoing(rule(Action.DROP, Protocol.TCP, Connection.ANY, always));
    assertEquals(1, rules.get(0).conditions().size());
  }

  private static List<Code.Rule> outgoing(Step.Rule rule) throws VirtException {
    return Translator.translate(program(List.of(rule), List.of()), Part.MARKED, new IpSets())
        .transport()
        .entries()
        .get("marked_from4")
        .rules();
  }

  @Test
  void keepsRulesApartThatGoOtherWays() throws Exception {
    PortProgram program = server(Action.DROP);
    Code.Rules marked = Translator.translate(program, Part.MARKED, new IpSets());
    Code.Rules stateful = Translator.translate(program, Part.STATEFUL, new IpSets());
    assertEquals(false, marked.group().equals(stateful.group()));
    Code.Rules apart = marked.apart(7);
    assertEquals(marked.group() + "p7", apart.group());
    assertEquals(marked.group() + "p7-limit-0", apart.transport().limits().get(0).name());
    assertEquals(NftText.ofRules(apart).contains(marked.group() + "-"), false);
  }

  @Test
  void refusesIpSetsInABridge() throws UnknownHostException {
    Match member = is(Field.IP_SET, new Operand.IpSet("bad", List.of(true)));
    PortProgram program =
        program(List.of(rule(Action.DROP, Protocol.TCP, Connection.ANY, member)), List.of());
    VirtException refusal =
        assertThrows(
            VirtException.class, () -> Translator.translate(program, Part.STATEFUL, new IpSets()));
    assertEquals(
        "translate to nftables for port vnet0: filter t, rule 1: a bridge cannot look into ipsets",
        refusal.getMessage());
  }
}
