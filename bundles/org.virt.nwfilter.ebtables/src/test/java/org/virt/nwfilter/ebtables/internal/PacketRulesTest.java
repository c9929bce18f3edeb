package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.virt.nwfilter.ebtables.internal.Samples.OWN;
import static org.virt.nwfilter.ebtables.internal.Samples.is;
import static org.virt.nwfilter.ebtables.internal.Samples.isNot;
import static org.virt.nwfilter.ebtables.internal.Samples.mac;
import static org.virt.nwfilter.ebtables.internal.Samples.net;
import static org.virt.nwfilter.ebtables.internal.Samples.number;
import static org.virt.nwfilter.ebtables.internal.Samples.range;
import static org.virt.nwfilter.ebtables.internal.Samples.rule;
import static org.virt.nwfilter.ebtables.internal.Samples.text;
import static org.virt.nwfilter.ebtables.internal.Samples.transport;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.State;
import org.virt.spi.nwfilter.Step.Way;

class PacketRulesTest {
  private static final Step.Connection OPENS =
      new Step.Connection(Set.of(State.NEW, State.ESTABLISHED), Optional.of(Way.ORIGINAL));
  private static final Step.Connection ANSWERS =
      new Step.Connection(Set.of(State.ESTABLISHED), Optional.of(Way.REPLY));

  private static void expectRefusal(String reason, Step.Rule rule) {
    VirtException refusal =
        assertThrows(VirtException.class, () -> Samples.translator().translate(transport(rule), 1));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, refusal.code());
    assertEquals(
        "translate to ebtables for port vnet0: filter test, rule 1: " + reason,
        refusal.getMessage());
  }

  @Test
  void writesConnectionsBothWays() throws Exception {
    Operand ssh = new Operand.Number(22, 23);
    PortProgram port =
        new PortProgram(
            Samples.PORT,
            new Program(
                List.of(),
                List.of(),
                List.of(
                    rule(Action.ACCEPT, Protocol.TCP, OPENS, is(Field.DESTINATION_PORT, ssh)),
                    rule(Action.REJECT, Protocol.TCP),
                    rule(Action.REJECT, Protocol.ALL),
                    rule(Action.DROP, Protocol.ALL_IPV6)),
                List.of(
                    rule(Action.ACCEPT, Protocol.TCP, ANSWERS, is(Field.SOURCE_PORT, ssh)),
                    rule(Action.CONTINUE, Protocol.ALL_IPV6))));
    assertEquals(Samples.golden("connections.txt"), text(port));
  }

  @Test
  void writesEveryField() throws Exception {
    assertEquals(
        Samples.golden("packets.txt"),
        text(
            transport(
                rule(
                    Action.RETURN,
                    Protocol.UDP,
                    isNot(Field.ETHER_SOURCE, OWN),
                    is(Field.IP_SOURCE, net("10.0.0.0", 8)),
                    isNot(Field.IP_DESTINATION, range("10.0.0.1", "10.0.0.9")),
                    is(Field.IP_DSCP, number(2)),
                    is(Field.SOURCE_PORT, new Operand.Number(20, 21)),
                    isNot(Field.DESTINATION_PORT, number(53))),
                rule(Action.DROP, Protocol.UDPLITE, is(Field.DESTINATION_PORT, number(5))),
                rule(Action.DROP, Protocol.SCTP, is(Field.DESTINATION_PORT, number(5))),
                rule(
                    Action.DROP,
                    Protocol.TCP,
                    is(Field.TCP_FLAGS, new Operand.TcpFlags(0x3f, 0x02)),
                    isNot(Field.TCP_OPTION, number(3))),
                rule(Action.DROP, Protocol.TCP, is(Field.TCP_FLAGS, new Operand.TcpFlags(4, 0))),
                rule(Action.DROP, Protocol.TCP, is(Field.TCP_FLAGS, new Operand.TcpFlags(0, 2))),
                rule(
                    Action.DROP,
                    Protocol.ICMP,
                    is(Field.ICMP_TYPE, number(12)),
                    is(Field.ICMP_CODE, number(11))),
                rule(Action.DROP, Protocol.ICMP, isNot(Field.ICMP_TYPE, number(8))),
                rule(
                    Action.DROP,
                    Protocol.ICMP,
                    is(Field.ICMP_TYPE, number(3)),
                    isNot(Field.ICMP_CODE, number(4))),
                rule(
                    Action.DROP,
                    Protocol.ICMP,
                    is(Field.ICMP_TYPE, number(255)),
                    is(Field.ICMP_CODE, number(9))),
                rule(Action.DROP, Protocol.ICMP, isNot(Field.ICMP_TYPE, number(255))),
                rule(
                    Action.DROP,
                    Protocol.ICMP,
                    isNot(Field.ICMP_TYPE, number(13)),
                    isNot(Field.ICMP_CODE, number(0))),
                rule(Action.DROP, Protocol.ICMP, is(Field.ICMP_CODE, number(1))),
                rule(Action.DROP, Protocol.IGMP),
                rule(Action.DROP, Protocol.ESP),
                rule(Action.DROP, Protocol.AH),
                rule(Action.DROP, Protocol.ALL, is(Field.CONNECTION_LIMIT, number(1))),
                rule(
                    Action.DROP,
                    Protocol.ALL,
                    isNot(Field.IP_SET, new Operand.IpSet("known", List.of(true, false)))),
                rule(Action.DROP, Protocol.AH_IPV6),
                rule(Action.DROP, Protocol.ICMPV6, is(Field.ICMP_TYPE, number(128))),
                rule(
                    Action.ACCEPT,
                    Protocol.TCP_IPV6,
                    OPENS,
                    is(Field.IP_SOURCE, net("fe80::1", 128)),
                    is(Field.DESTINATION_PORT, number(22))))));
  }

  @Test
  void refusesWhatItCannotSay() {
    expectRefusal(
        "there is no ipset other",
        rule(
            Action.DROP,
            Protocol.ALL,
            is(Field.IP_SET, new Operand.IpSet("other", List.of(true)))));
    String apart = "an ICMPv6 code without a type, or of any type but one";
    expectRefusal(apart, rule(Action.DROP, Protocol.ICMPV6, is(Field.ICMP_CODE, number(1))));
    expectRefusal(
        apart,
        rule(
            Action.DROP,
            Protocol.ICMPV6,
            isNot(Field.ICMP_TYPE, number(128)),
            isNot(Field.ICMP_CODE, number(0))));
    expectRefusal(
        "ether destination is not supported in tcp",
        rule(Action.DROP, Protocol.TCP, is(Field.ETHER_DESTINATION, OWN)));
    Operand odd = mac("52:54:00:00:00:00", "ff:ff:ff:00:00:00");
    expectRefusal(
        "iptables compares whole MAC addresses, not " + odd,
        rule(Action.DROP, Protocol.TCP, is(Field.ETHER_SOURCE, odd)));
  }
}
