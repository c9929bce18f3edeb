package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.RuleCount;
import org.virt.common.process.Command;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** What somebody else does to the tools' rules, and what these count. */
@PrivateNetwork
class EbtablesChangesTest {
  private static final String GATEWAY = "192.0.2.1";
  private static final String ADDRESS = "192.0.2.9";
  private static final String FOREIGN = "192.0.2.66";
  private static final String NO_DNS =
      "<filter name='no-dns'><filterref filter='clean-traffic'/>"
          + "<rule action='drop' direction='out'><udp dstportstart='53'/></rule></filter>";

  private final EbtablesTechnique technique = new EbtablesTechnique();
  private final List<PortStatus> seen = new CopyOnWriteArrayList<>();
  @TempDir private Path home;
  private NetworkFilterManager manager;
  private Lab lab;
  private Endpoint guest;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(technique.probe().usable(), "ebtables cannot be used");
    lab = Lab.open();
    lab.trackConnections("192.0.2.1/24");
    guest = lab.plug("vnet0");
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "ebtables"));
    manager.define(NO_DNS);
    manager.subscribe(
        new FilterListener() {
          @Override
          public void portChanged(PortStatus status) {
            seen.add(status);
          }
        });
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner("vm", UUID.randomUUID()),
            guest.id(),
            Optional.empty(),
            guest.mac(),
            new FilterReference("no-dns", Map.of("IP", List.of(ADDRESS)))));
    Lab.await(
        "it is told that it is bound",
        () -> seen.stream().anyMatch(status -> status.enforcement() == Enforcement.IN_FORCE));
    assertTrue(lab.leaves(guest, packet(ADDRESS)));
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
  }

  @AfterEach
  void close() throws Exception {
    if (manager != null) {
      manager.unbind(guest.id());
      manager.stop();
    }
    technique.close();
    if (lab != null) {
      lab.close();
    }
  }

  private byte[] packet(String source) {
    return Frames.udp(guest.mac(), Frames.BROADCAST, source, GATEWAY);
  }

  private PortStatus status() {
    return manager.status().get(0);
  }

  private void repairs(String who, String... command) throws Exception {
    seen.clear();
    Command.of(command).require();
    Lab.await(
        "it is in force again, not " + manager.status(),
        () -> status().enforcement() == Enforcement.IN_FORCE && status().reason().contains(who));
    List<Enforcement> told = List.of(Enforcement.CLOSED, Enforcement.IN_FORCE);
    Lab.await(
        "it is told, not " + seen,
        () -> seen.stream().map(PortStatus::enforcement).toList().equals(told));
    Lab.await("the bridge forwards again", this::leaves);
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
  }

  private boolean leaves() {
    try {
      return lab.leaves(guest, packet(ADDRESS));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
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
    seen.clear();
    manager.define(NO_DNS.replace("53", "5353"));
    Command.of("iptables-nft", "-I", "FORWARD", "-p", "132", "-j", "DROP").require();
    Command.of("iptables-nft", "-D", "FORWARD", "-p", "132", "-j", "DROP").require();
    Command.of("ebtables-nft", "-t", "nat", "-A", "PREROUTING", "-p", "0x9999", "-j", "DROP")
        .require();
    Command.of("ebtables-nft", "-t", "nat", "-D", "PREROUTING", "-p", "0x9999", "-j", "DROP")
        .require();
    manager.define(NO_DNS);
    assertTrue(leaves());
    assertTrue(seen.stream().noneMatch(s -> s.reason().contains("changed its rules")), "" + seen);
  }

  @Test
  void countsWhatRulesMatch() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertFalse(lab.leaves(guest, packet(FOREIGN)));
    }
    List<RuleCount> rules = manager.counts(guest.id()).rules();
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
