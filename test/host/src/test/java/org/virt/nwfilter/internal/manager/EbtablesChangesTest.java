package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.nwfilter.RuleCount;
import org.virt.common.process.Command;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.test.host.lab.PrivateNetwork;

/** What somebody else does to the tools' rules, and what these count. */
@PrivateNetwork
class EbtablesChangesTest {
  private static final String NO_DNS =
      "<filter name='no-dns'><filterref filter='clean-traffic'/>"
          + "<rule action='drop' direction='out'><udp dstportstart='53'/></rule></filter>";

  private final EbtablesTechnique technique = new EbtablesTechnique();
  @TempDir private Path home;
  private PortLab port;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(technique.probe().usable(), "ebtables cannot be used");
    port = PortLab.open(home);
    port.lab.trackConnections("192.0.2.1/24");
    port.add("ebtables", technique, 50);
    port.manager.define(NO_DNS);
    port.bind("no-dns");
    port.assertFiltered();
  }

  @AfterEach
  void close() throws Exception {
    if (port != null) {
      port.close(technique::close);
    }
  }

  private void repairs(String who, String... command) throws Exception {
    port.awaitRepair(who, () -> Command.of(command).require());
    port.assertFiltered();
  }

  @Test
  void putsTheRulesBackWhenSomebodyFlushesThem() throws Exception {
    repairs("ebtables", "ebtables-nft", "-t", "nat", "-F");
    repairs("iptables", "iptables-nft", "-F");
    repairs("ebtables", "ebtables-nft", "-t", "nat", "-D", "PREROUTING", "-j", "org-virt-out");
  }

  @Test
  void undoesWhatSomebodyAddsToTheRules() throws Exception {
    repairs("ebtables", "ebtables-nft", "-t", "nat", "-I", "org-virt-out", "-j", "ACCEPT");
  }

  @Test
  void takesNeitherItsOwnChangesNorThoseOfRulesOfOthersForSuch() throws Exception {
    port.told.clear();
    port.manager.define(NO_DNS.replace("53", "5353"));
    Command.of("iptables-nft", "-I", "FORWARD", "-p", "132", "-j", "DROP").require();
    Command.of("iptables-nft", "-D", "FORWARD", "-p", "132", "-j", "DROP").require();
    Command.of("ebtables-nft", "-t", "nat", "-A", "PREROUTING", "-p", "0x9999", "-j", "DROP")
        .require();
    Command.of("ebtables-nft", "-t", "nat", "-D", "PREROUTING", "-p", "0x9999", "-j", "DROP")
        .require();
    port.manager.define(NO_DNS);
    port.assertFiltered();
    assertTrue(
        port.told.stream().noneMatch(status -> status.reason().contains("changed its rules")),
        port.told.toString());
  }

  @Test
  void countsWhatRulesMatch() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertFalse(port.leaves(PortLab.FOREIGN));
    }
    List<RuleCount> rules = port.manager.counts(port.guest().id()).rules();
    List<RuleCount> spoofed =
        rules.stream()
            .filter(rule -> rule.origin().contains("no-ip-spoofing"))
            .filter(rule -> rule.verdict().equals("drop") && rule.packets() > 0)
            .toList();
    assertEquals(1, spoofed.size(), rules.toString());
    assertEquals(6, spoofed.get(0).packets(), rules.toString());
    assertEquals(RuleCount.Direction.OUT, spoofed.get(0).direction());
    assertEquals("ipv4-ip", spoofed.get(0).chain());
    assertTrue(
        rules.stream()
            .anyMatch(r -> r.chain().equals("transport") && r.origin().contains("no-dns")),
        rules.toString());
  }
}
