package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.annotation.Annotation;
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
import org.virt.common.process.Command;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** What somebody else does to our rules, who sees it, and that no port is open after it. */
@PrivateNetwork
class OutsideChangesTest {
  private static final String GATEWAY = "192.0.2.1";
  private static final String ADDRESS = "192.0.2.9";
  private static final String FOREIGN = "192.0.2.66";

  private final NftablesTechnique technique = new NftablesTechnique();
  private final List<PortStatus> seen = new CopyOnWriteArrayList<>();
  @TempDir private Path home;
  private NetworkFilterManager manager;
  private Lab lab;
  private Endpoint guest;

  /** A configuration as the component's. */
  private record Shared() implements NftablesTechnique.Configuration {
    @Override
    public boolean bridge_netfilter() {
      return false;
    }

    @Override
    public boolean table_owned() {
      return false;
    }

    @Override
    public Class<? extends Annotation> annotationType() {
      return NftablesTechnique.Configuration.class;
    }
  }

  @BeforeEach
  void open() throws Exception {
    assumeTrue(technique.probe().usable(), "nftables cannot be used");
    lab = Lab.open();
    guest = lab.plug("vnet0");
    manager = new NetworkFilterManager(new FolderState(home));
  }

  @AfterEach
  void close() throws Exception {
    if (manager != null) {
      manager.stop();
    }
    technique.close();
    if (lab != null) {
      lab.close();
    }
  }

  private void begin() throws Exception {
    manager.start();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "nftables"));
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
            new FilterReference("clean-traffic", Map.of("IP", List.of(ADDRESS)))));
    assertTrue(lab.leaves(guest, packet(ADDRESS)));
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
  }

  private byte[] packet(String source) {
    return Frames.udp(guest.mac(), Frames.BROADCAST, source, GATEWAY);
  }

  private static void nft(String... arguments) throws Exception {
    List<String> all = new java.util.ArrayList<>(List.of("nft"));
    all.addAll(List.of(arguments));
    Command.of(all).require();
  }

  private PortStatus status() {
    return manager.status().get(0);
  }

  private void awaitRepair() {
    Lab.await(
        "it is in force again, not " + manager.status(),
        () ->
            status().enforcement() == Enforcement.IN_FORCE && status().reason().contains("nft ("));
    List<Enforcement> told = List.of(Enforcement.CLOSED, Enforcement.IN_FORCE);
    Lab.await(
        "it is told, not " + seen,
        () -> seen.stream().skip(1).map(PortStatus::enforcement).toList().equals(told));
  }

  @Test
  void closesPortsWhenSomebodyFlushesTheRulesAndOpensThemWithNewOnes() throws Exception {
    technique.activate(new Shared());
    begin();
    nft("flush", "ruleset");
    awaitRepair();
    assertTrue(status().reason().contains("frames came from it in the"), status().reason());
    Lab.await("the bridge forwards again", () -> leaves(ADDRESS));
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
  }

  @Test
  void undoesWhatSomebodyAddsToTheRules() throws Exception {
    technique.activate(new Shared());
    begin();
    nft("insert", "rule", "bridge", "org_virt", "prerouting", "accept");
    awaitRepair();
    Lab.await("the bridge forwards again", () -> leaves(ADDRESS));
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
  }

  @Test
  void doesNotTakeItsOwnChangesForOthers() throws Exception {
    technique.activate(new Shared());
    begin();
    manager.define(
        "<filter name='own'><filterref filter='clean-traffic'/>"
            + "<rule action='drop' direction='out'><arp opcode='1'/></rule></filter>");
    nft("add", "table", "bridge", "somebody");
    nft("delete", "table", "bridge", "somebody");
    manager.unbind(guest.id());
    assertTrue(seen.stream().noneMatch(status -> status.reason().contains("changed its rules")));
  }

  @Test
  void cannotBeFlushedWhereTheKernelKeepsTablesForTheirOwners() throws Exception {
    assumeTrue(
        technique.probe().details().stream().anyMatch(d -> d.contains("others cannot flush")),
        "tables with an owner need Linux 6.9");
    begin();
    nft("flush", "ruleset");
    assertTrue(lab.leaves(guest, packet(ADDRESS)));
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
    assertEquals("", status().reason());
  }

  private boolean leaves(String source) {
    try {
      return lab.leaves(guest, packet(source));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
