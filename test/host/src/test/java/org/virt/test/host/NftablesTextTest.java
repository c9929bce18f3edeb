package org.virt.test.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/**
 * What nft prints of the kernel's rules is what it prints after it has read our text: the two
 * renderings are one.
 */
@PrivateNetwork
class NftablesTextTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final PortRef PORT = new PortRef(new PortId("vnet0"), 4711, MAC);
  private static final PortRef OTHER = new PortRef(new PortId("v\"{};"), 4712, MAC);

  private NftablesTechnique technique = new NftablesTechnique();

  @BeforeEach
  void requireNft() throws VirtException {
    Command.of("sh", "-c", "echo 1 | tee /proc/sys/net/bridge/bridge-nf-call-ip*tables").require();
    assumeTrue(Command.of("sh", "-c", "command -v nft").run().ok(), "needs nft (package nftables)");
  }

  @AfterEach
  void cleanUp() throws VirtException {
    technique.close();
    Lab.deleteTables();
  }

  private static String listing() throws VirtException {
    return Command.of("nft", "list", "table", "bridge", "org_virt").require()
        + Command.of("nft", "list", "table", "ip", "org_virt").require()
        + Command.of("nft", "list", "table", "ip6", "org_virt").require();
  }

  /** Returns what nft prints of the tables, when they have no owner any more, and deletes them. */
  private String takeAway() throws VirtException {
    technique.close();
    // An nft that does not know the flag persist prints an empty word for it.
    String text = listing().replaceAll("(table [^\\n]*\\n)\\tflags[^\\n]*\\n\\n", "$1");
    for (String family : List.of("bridge", "ip", "ip6")) {
      Command.of("nft", "delete", "table", family, "org_virt").require();
    }
    return text;
  }

  @Test
  void printsWhatTheKernelHas() throws VirtException {
    FilterTechnique.Prepared prepared =
        technique.prepare(
            7,
            List.of(everything(PORT), new PortProgram(OTHER, new Program(List.of(), List.of()))));
    prepared.commit();
    String committed = takeAway();
    Command.of("nft", "-f", "-").withInput(prepared.text()).require();
    assertEquals(listing(), committed);
  }

  @Test
  void printsWhatNftCanReadAgain() throws VirtException {
    technique.prepare(7, List.of(everything(PORT))).commit();
    Command.of("nft", "-c", "-f", "-").withInput(takeAway()).require();
  }

  @Test
  void takesOverWhatWasLeftWithItsFirstCommit() throws VirtException {
    technique
        .prepare(7, List.of(new PortProgram(PORT, new Program(List.of(), List.of()))))
        .commit();
    technique.close();
    technique = new NftablesTechnique();
    technique.prepare(8, List.of(everything(PORT))).commit();
    assertEquals(8, technique.list().get(0).generation());
  }

  private static PortProgram everything(PortRef port) {
    List<Step> out = new ArrayList<>(steps());
    List<Program.Chain> outgoing =
        List.of(
            new Program.Chain("root", out),
            new Program.Chain("ipv4-x:y", List.of(rule(Step.Action.RETURN, Protocol.IP))));
    return new PortProgram(
        port,
        new Program(
            outgoing,
            List.of(new Program.Chain("root", steps().subList(1, 40))),
            TransportSteps.all(),
            TransportSteps.all()));
  }

  private static List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Jump("ipv4-x:y", Protocol.IP));
    Operand whole = new Operand.Mac(MAC, Operand.Mac.WHOLE);
    Operand masked = new Operand.Mac(MAC, MacAddress.parse("ff:ff:ff:00:00:00"));
    for (Match.Sense sense : Match.Sense.values()) {
      for (Step.Action action : List.of(Step.Action.ACCEPT, Step.Action.DROP, Step.Action.RETURN)) {
        addLinkRules(steps, sense, action, whole, masked);
        addArpRules(steps, sense, action, whole, masked);
        addIpRules(steps, sense, action);
        addOwn(steps, sense, action);
      }
    }
    addLookups(steps);
    return steps;
  }

  private static void addLinkRules(
      List<Step> steps, Match.Sense sense, Step.Action action, Operand whole, Operand masked) {
    steps.add(rule(action, Protocol.MAC, new Match(Field.ETHER_SOURCE, sense, whole)));
    steps.add(rule(action, Protocol.MAC, new Match(Field.ETHER_DESTINATION, sense, masked)));
    steps.add(rule(action, Protocol.MAC, new Match(Field.ETHER_TYPE, sense, number(0x0806))));
    steps.add(rule(action, Protocol.MAC, new Match(Field.ETHER_TYPE, sense, number(0x8100))));
    steps.add(rule(action, Protocol.VLAN, new Match(Field.VLAN_ID, sense, number(7))));
    steps.add(
        rule(action, Protocol.VLAN, new Match(Field.VLAN_ID, sense, new Operand.Number(7, 9))));
    steps.add(
        rule(action, Protocol.VLAN, new Match(Field.VLAN_ENCAPSULATED, sense, number(0x0800))));
    for (Field field : Field.values()) {
      if (field.name().startsWith("STP_")) {
        boolean mac = field.name().endsWith("ADDRESS");
        steps.add(
            rule(
                action,
                Protocol.STP,
                new Match(field, sense, mac ? masked : new Operand.Number(2, 5))));
      }
    }
  }

  private static void addArpRules(
      List<Step> steps, Match.Sense sense, Step.Action action, Operand whole, Operand masked) {
    Operand flag = new Operand.Flag();
    for (Protocol protocol : List.of(Protocol.ARP, Protocol.RARP)) {
      steps.add(rule(action, protocol, new Match(Field.ARP_GRATUITOUS, sense, flag)));
      steps.add(rule(action, protocol, new Match(Field.ARP_HARDWARE_TYPE, sense, number(1))));
      steps.add(rule(action, protocol, new Match(Field.ARP_PROTOCOL_TYPE, sense, number(0x0800))));
      steps.add(
          rule(action, protocol, new Match(Field.ARP_OPERATION, sense, new Operand.Number(1, 2))));
      steps.add(rule(action, protocol, new Match(Field.ARP_SENDER_MAC, sense, whole)));
      steps.add(rule(action, protocol, new Match(Field.ARP_TARGET_MAC, sense, masked)));
      steps.add(rule(action, protocol, new Match(Field.ARP_SENDER_IP, sense, net("10.0.0.1", 32))));
      steps.add(rule(action, protocol, new Match(Field.ARP_TARGET_IP, sense, net("10.0.0.0", 9))));
    }
  }

  private static void addIpRules(List<Step> steps, Match.Sense sense, Step.Action action) {
    steps.add(rule(action, Protocol.IP, new Match(Field.IP_SOURCE, sense, net("10.0.0.0", 8))));
    steps.add(
        rule(
            action,
            Protocol.IP,
            new Match(Field.IP_DESTINATION, sense, range("10.0.0.1", "10.0.0.9"))));
    steps.add(rule(action, Protocol.IP, new Match(Field.IP_DSCP, sense, new Operand.Number(3, 9))));
    steps.add(rule(action, Protocol.IPV6, new Match(Field.IP_SOURCE, sense, net("fe80::", 10))));
    steps.add(
        rule(
            action,
            Protocol.IPV6,
            new Match(Field.IP_DESTINATION, sense, range("fd00::1", "fd00::9"))));
    steps.add(rule(action, Protocol.IPV6, new Match(Field.IP_DSCP, sense, number(46))));
    Match udp = new Match(Field.IP_PROTOCOL, Match.Sense.IS, number(17));
    for (Protocol protocol : List.of(Protocol.IP, Protocol.IPV6)) {
      steps.add(rule(action, protocol, new Match(Field.IP_PROTOCOL, sense, number(47))));
      steps.add(rule(action, protocol, udp, new Match(Field.SOURCE_PORT, sense, number(68))));
      steps.add(
          rule(
              action,
              protocol,
              udp,
              new Match(Field.DESTINATION_PORT, sense, new Operand.Number(67, 69))));
    }
    steps.add(
        rule(
            action,
            Protocol.IPV6,
            new Match(Field.ICMP_TYPE, sense, new Operand.Number(133, 136))));
    steps.add(rule(action, Protocol.IPV6, new Match(Field.ICMP_CODE, sense, number(3))));
  }

  private static void addLookups(List<Step> steps) {
    Operand ipv4 = new Operand.Lookup(Operand.Family.IPV4);
    Operand ipv6 = new Operand.Lookup(Operand.Family.IPV6);
    for (Step.Action action : List.of(Step.Action.ACCEPT, Step.Action.RETURN)) {
      steps.add(rule(action, Protocol.IP, new Match(Field.IP_SOURCE, Match.Sense.IS, ipv4)));
      steps.add(rule(action, Protocol.IPV6, new Match(Field.IP_DESTINATION, Match.Sense.IS, ipv6)));
      steps.add(rule(action, Protocol.ARP, new Match(Field.ARP_SENDER_IP, Match.Sense.IS, ipv4)));
    }
  }

  private static Step.Rule rule(Step.Action action, Protocol protocol, Match... matches) {
    return new Step.Rule(
        action, protocol, List.of(matches), Step.Connection.ANY, "filter \"text\", rule 1");
  }

  private static void addOwn(List<Step> steps, Match.Sense sense, Step.Action action) {
    Operand own = new Operand.PortMac();
    steps.add(rule(action, Protocol.MAC, new Match(Field.ETHER_SOURCE, sense, own)));
    steps.add(rule(action, Protocol.ARP, new Match(Field.ARP_SENDER_MAC, sense, own)));
    steps.add(rule(action, Protocol.RARP, new Match(Field.ARP_TARGET_MAC, sense, own)));
  }

  private static Operand number(long value) {
    return new Operand.Number(value, value);
  }

  private static Operand net(String address, int prefix) {
    return new Operand.Net(address(address), prefix);
  }

  private static Operand range(String from, String to) {
    return new Operand.NetRange(address(from), address(to));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
