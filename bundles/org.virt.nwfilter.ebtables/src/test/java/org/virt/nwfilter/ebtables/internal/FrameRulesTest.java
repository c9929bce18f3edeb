package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.nwfilter.ebtables.internal.Samples.OWN;
import static org.virt.nwfilter.ebtables.internal.Samples.is;
import static org.virt.nwfilter.ebtables.internal.Samples.isNot;
import static org.virt.nwfilter.ebtables.internal.Samples.mac;
import static org.virt.nwfilter.ebtables.internal.Samples.net;
import static org.virt.nwfilter.ebtables.internal.Samples.number;
import static org.virt.nwfilter.ebtables.internal.Samples.outgoing;
import static org.virt.nwfilter.ebtables.internal.Samples.program;
import static org.virt.nwfilter.ebtables.internal.Samples.range;
import static org.virt.nwfilter.ebtables.internal.Samples.rule;
import static org.virt.nwfilter.ebtables.internal.Samples.text;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

class FrameRulesTest {
  private static void expectRefusal(String reason, PortProgram program) {
    VirtException refusal =
        assertThrows(VirtException.class, () -> Samples.translator().translate(program, 1));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, refusal.code());
    assertEquals("translate to ebtables for port vnet0: " + reason, refusal.getMessage());
  }

  private static void expectRuleRefusal(String reason, Step.Rule rule) {
    expectRefusal("filter test, rule 1: " + reason, outgoing(rule));
  }

  @Test
  void writesAGuardedPort() throws Exception {
    PortProgram port =
        new PortProgram(
            Samples.PORT,
            new Program(
                List.of(
                    new Program.Chain(
                        "root",
                        List.of(
                            rule(Action.DROP, Protocol.MAC, isNot(Field.ETHER_SOURCE, OWN)),
                            new Step.Jump("ipv4-ip", Protocol.IP),
                            new Step.Jump("stp-x", Protocol.STP),
                            new Step.Jump("vlan-x", Protocol.VLAN),
                            new Step.Jump("mac-x", Protocol.MAC),
                            rule(Action.RETURN, Protocol.ARP),
                            rule(Action.DROP, Protocol.MAC))),
                    new Program.Chain(
                        "ipv4-ip",
                        List.of(
                            rule(
                                Action.RETURN,
                                Protocol.IP,
                                is(Field.IP_SOURCE, net("10.0.0.5", 32))),
                            rule(Action.CONTINUE, Protocol.IP),
                            rule(Action.DROP, Protocol.MAC))),
                    new Program.Chain("stp-x", List.of(rule(Action.REJECT, Protocol.STP))),
                    new Program.Chain("vlan-x", List.of()),
                    new Program.Chain("mac-x", List.of(rule(Action.ACCEPT, Protocol.ARP)))),
                List.of(new Program.Chain("root", List.of(rule(Action.ACCEPT, Protocol.IP))))));
    assertEquals(Samples.golden("guarded.txt"), text(port));
  }

  @Test
  void writesEveryField() throws Exception {
    Operand odd = mac("52:54:00:ff:ff:ff", "ff:ff:ff:00:00:00");
    List<Step> steps =
        List.of(
            rule(
                Action.ACCEPT,
                Protocol.MAC,
                is(Field.ETHER_SOURCE, odd),
                isNot(Field.ETHER_DESTINATION, OWN),
                is(Field.ETHER_TYPE, number(0x88b5))),
            rule(Action.DROP, Protocol.MAC, is(Field.ETHER_TYPE, number(0x0806))),
            rule(Action.DROP, Protocol.MAC, isNot(Field.ETHER_TYPE, number(0x0800))),
            rule(Action.ACCEPT, Protocol.MAC, isNot(Field.ETHER_TYPE, number(0x86dd))),
            rule(Action.DROP, Protocol.VLAN, is(Field.VLAN_ID, number(7))),
            rule(Action.DROP, Protocol.VLAN, isNot(Field.VLAN_ENCAPSULATED, number(0x0800))),
            rule(Action.DROP, Protocol.STP, is(Field.ETHER_SOURCE, OWN)),
            rule(
                Action.ACCEPT,
                Protocol.ARP,
                is(Field.ARP_HARDWARE_TYPE, number(1)),
                isNot(Field.ARP_PROTOCOL_TYPE, number(0x0800)),
                is(Field.ARP_OPERATION, number(2)),
                is(Field.ARP_SENDER_MAC, OWN),
                isNot(Field.ARP_TARGET_MAC, odd),
                is(Field.ARP_SENDER_IP, net("10.0.0.0", 23)),
                isNot(Field.ARP_TARGET_IP, net("10.0.0.1", 32))),
            rule(Action.DROP, Protocol.ARP, is(Field.ARP_GRATUITOUS, new Operand.Flag())),
            rule(Action.ACCEPT, Protocol.RARP, is(Field.ARP_SENDER_IP, net("0.0.0.0", 0))),
            rule(
                Action.ACCEPT,
                Protocol.IP,
                is(Field.IP_SOURCE, range("10.0.0.1", "10.0.0.4")),
                isNot(Field.IP_DESTINATION, net("10.0.0.9", 32)),
                is(Field.IP_PROTOCOL, number(17)),
                is(Field.SOURCE_PORT, number(68)),
                isNot(Field.DESTINATION_PORT, new Operand.Number(67, 69))),
            rule(Action.DROP, Protocol.IP, is(Field.IP_DSCP, number(46))),
            rule(Action.DROP, Protocol.IP, isNot(Field.IP_DSCP, number(46))),
            rule(
                Action.ACCEPT,
                Protocol.IPV6,
                is(Field.IP_SOURCE, net("fe80::", 10)),
                is(Field.IP_PROTOCOL, number(58)),
                is(Field.ICMP_TYPE, new Operand.Number(133, 136)),
                isNot(Field.ICMP_CODE, number(0))),
            rule(
                Action.ACCEPT,
                Protocol.IPV6,
                is(Field.IP_PROTOCOL, number(6)),
                is(Field.DESTINATION_PORT, number(22))));
    assertEquals(Samples.golden("frames.txt"), text(outgoing(steps.toArray(Step[]::new))));
  }

  @Test
  void leavesOutWhatMatchesNothing() throws Exception {
    String plain = text(outgoing());
    assertEquals(
        plain,
        text(
            outgoing(
                rule(
                    Action.DROP,
                    Protocol.MAC,
                    isNot(Field.ETHER_SOURCE, mac("52:54:00:00:00:01", "00:00:00:00:00:00"))))));
    assertFalse(plain.contains("-j org-virt-tags"));
    assertFalse(plain.replaceAll("-A org-virt-tags .*", "").contains("DROP"));
  }

  @Test
  void quotesNamesOfInterfaces() throws Exception {
    PortRef port = new PortRef(new PortId("a\"};$\\#"), 7, Samples.MAC);
    String text = text(new PortProgram(port, new Program(List.of(), List.of())));
    assertTrue(text.contains("-A org-virt-out -i \"a\\\"};$\\\\#\" -j V7-10-out\n"), text);
  }

  @Test
  void refusesWhatItCannotSay() {
    expectRuleRefusal(
        "ebtables takes one value for arp operation, no range",
        rule(Action.DROP, Protocol.ARP, is(Field.ARP_OPERATION, new Operand.Number(1, 2))));
    expectRuleRefusal(
        "stp type: the kernel's ebt_stp reads BPDUs one byte too early",
        rule(Action.DROP, Protocol.STP, is(Field.STP_TYPE, number(0))));
    expectRuleRefusal(
        "ports without a protocol that has them (tcp, udp, udplite, dccp, sctp)",
        rule(Action.DROP, Protocol.IP, is(Field.SOURCE_PORT, number(1))));
    expectRuleRefusal(
        "ip source cannot be compared with Lookup[family=IPV4]",
        rule(
            Action.DROP,
            Protocol.IP,
            is(Field.IP_SOURCE, new Operand.Lookup(Operand.Family.IPV4))));
    expectRuleRefusal(
        "70000 is too large for source port",
        rule(
            Action.DROP,
            Protocol.IP,
            is(Field.IP_PROTOCOL, number(17)),
            is(Field.SOURCE_PORT, number(70000))));
    expectRuleRefusal(
        "ip dscp is not supported in ipv6",
        rule(Action.DROP, Protocol.IPV6, is(Field.IP_DSCP, number(1))));
  }

  @Test
  void refusesChainsThatLeadNowhereOrBack() {
    expectRefusal("there is no chain b", outgoing(new Step.Jump("b", Protocol.MAC)));
    expectRefusal(
        "the chain root leads back to itself", outgoing(new Step.Jump("root", Protocol.IP)));
    expectRefusal(
        "two chains are named a",
        program(new Program.Chain("a", List.of()), new Program.Chain("a", List.of())));
    PortRef many = new PortRef(new PortId("v+"), 7, Samples.MAC);
    VirtException refusal =
        assertThrows(
            VirtException.class,
            () -> text(new PortProgram(many, new Program(List.of(), List.of()))));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, refusal.code());
  }
}
