package org.virt.test.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.Rule;
import org.virt.spi.nwfilter.Step.State;
import org.virt.spi.nwfilter.Step.Way;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** Rules about packets, real connections through them, and what happens when others flush. */
@PrivateNetwork
class EbtablesPacketsTest {
  private static final Path BRIDGED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");
  private static final String ORIGIN = "filter packets, rule 1";
  private static final Connection OPENS =
      new Connection(Set.of(State.NEW, State.ESTABLISHED), Optional.of(Way.ORIGINAL));
  private static final Connection ANSWERS =
      new Connection(Set.of(State.ESTABLISHED), Optional.of(Way.REPLY));

  private Lab lab;
  private EbtablesTechnique technique;
  private Endpoint guest;
  private long generation;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(Files.isWritable(BRIDGED), "there is no br_netfilter");
    lab = Lab.open();
    Files.writeString(BRIDGED, "1");
    technique = new EbtablesTechnique();
    guest = lab.plug("vnet0", new EbtablesTechnique().group());
    address(guest, "10.9.0.2/24");
    address(lab.uplink(), "10.9.0.3/24");
  }

  @AfterEach
  void cleanUp() throws Exception {
    if (lab == null) {
      return;
    }
    technique.remove(List.of(guest.port()));
    assertEquals(List.of(), technique.list());
    technique.close();
    for (String family : List.of("bridge", "inet", "arp")) {
      Command.of("nft", "delete", "table", family, "org_virt_ebtables").require();
    }
    lab.close();
  }

  private static void address(Endpoint endpoint, String address) throws VirtException {
    endpoint.command("ip", "address", "add", address, "dev", "eth0").require();
  }

  private static Rule rule(Action action, Protocol protocol, Connection connection, Match... all) {
    return new Rule(action, protocol, List.of(all), connection, ORIGIN);
  }

  private static Match port(Field field, int number) {
    return new Match(field, Match.Sense.IS, new Operand.Number(number, number));
  }

  private void commit(List<Rule> outgoing, List<Rule> incoming) throws VirtException {
    Program program = new Program(List.of(), List.of(), outgoing, incoming);
    technique.prepare(++generation, List.of(new PortProgram(guest.port(), program))).commit();
  }

  /** Says whether a closed TCP port, or the host for it, answers. Silence ends after a second. */
  private static boolean isRefused(Endpoint from, String address, int port) throws VirtException {
    String connect = "exec 3<>/dev/tcp/" + address + "/" + port;
    Result result = from.command("timeout", "1", "bash", "-c", connect).run();
    return result.err().contains("refused");
  }

  @Test
  void tracksConnections() throws Exception {
    commit(List.of(), List.of());
    assertTrue(isRefused(guest, "10.9.0.3", 23));
    commit(
        List.of(
            rule(Action.ACCEPT, Protocol.TCP, OPENS, port(Field.DESTINATION_PORT, 22)),
            rule(Action.DROP, Protocol.ALL, Connection.ANY)),
        List.of(
            rule(Action.ACCEPT, Protocol.TCP, ANSWERS, port(Field.SOURCE_PORT, 22)),
            rule(Action.DROP, Protocol.ALL, Connection.ANY)));
    assertTrue(isRefused(guest, "10.9.0.3", 22));
    assertFalse(isRefused(guest, "10.9.0.3", 23));
    assertFalse(isRefused(lab.uplink(), "10.9.0.2", 22));
  }

  @Test
  void asksRulesBetweenGuestAndHost() throws Exception {
    Lab.ip("address add 10.9.0.1/24 dev br0");
    commit(List.of(), List.of());
    assertTrue(isRefused(guest, "10.9.0.1", 22));
    commit(List.of(rule(Action.DROP, Protocol.TCP, Connection.ANY)), List.of());
    assertFalse(isRefused(guest, "10.9.0.1", 22));
  }

  @Test
  void refusesWhatTheHostCannotDo() throws Exception {
    Rule reject = rule(Action.REJECT, Protocol.TCP, Connection.ANY);
    String reason =
        assertThrows(VirtException.class, () -> commit(List.of(reject), List.of())).getMessage();
    assertTrue(reason.contains("vnet0: " + ORIGIN + ": the action reject"), reason);
    assertTrue(reason.contains("br0 has no IPv4 address"), reason);
    Files.writeString(BRIDGED, "0");
    Rule drop = rule(Action.DROP, Protocol.TCP, Connection.ANY);
    VirtException off = assertThrows(VirtException.class, () -> commit(List.of(drop), List.of()));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, off.code());
    assertTrue(off.getMessage().contains("bridge-nf-call-iptables"), off.getMessage());
  }

  @Test
  void replacesRulesAboutPacketsAndLeavesNone() throws Exception {
    Rule drop = rule(Action.DROP, Protocol.TCP, Connection.ANY);
    for (int i = 0; i < 3; i++) {
      commit(List.of(drop), List.of(drop));
      assertFalse(isRefused(guest, "10.9.0.3", 22));
      assertEquals(generation, technique.list().get(0).generation());
      assertEquals(1, chains("iptables-save"));
      assertEquals(0, chains("ip6tables-save"));
    }
    commit(List.of(), List.of());
    assertEquals(0, chains("iptables-save"));
    assertTrue(isRefused(guest, "10.9.0.3", 22));
  }

  private static long chains(String tool) throws VirtException {
    return Command.of(tool).require().lines().filter(line -> line.matches(":V.*-out .*")).count();
  }

  @Test
  void closesWhenOthersFlushEbtables() throws Exception {
    byte[] frame = Frames.ethernet(guest.mac(), Frames.BROADCAST, 0x88b5, new byte[46]);
    commit(List.of(), List.of());
    assertTrue(lab.leaves(guest, frame));
    assertTrue(lab.reaches(guest, frame));
    Command.of("nft", "delete", "table", "bridge", "nat").require();
    assertFalse(lab.leaves(guest, frame));
    assertFalse(lab.reaches(guest, frame));
    assertEquals(List.of(), technique.list());
    commit(List.of(), List.of());
    assertTrue(lab.leaves(guest, frame));
    assertTrue(lab.reaches(guest, frame));
  }
}
