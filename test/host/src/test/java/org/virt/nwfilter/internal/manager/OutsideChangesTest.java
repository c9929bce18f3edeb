package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.test.host.lab.PrivateNetwork;

/** What somebody else does to our rules, who sees it, and that no port is open after it. */
@PrivateNetwork
class OutsideChangesTest {
  private final NftablesTechnique technique = new NftablesTechnique();
  @TempDir private Path home;
  private PortLab port;

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
    port = PortLab.open(home);
  }

  @AfterEach
  void close() throws Exception {
    if (port != null) {
      port.close(technique::close);
    }
  }

  private void begin() throws Exception {
    port.add("nftables", technique, 100);
    port.bind();
    port.assertFiltered();
  }

  private static void nft(String... arguments) throws VirtException {
    List<String> all = new ArrayList<>(List.of("nft"));
    all.addAll(List.of(arguments));
    Command.of(all).require();
  }

  @Test
  void closesPortsWhenSomebodyFlushesTheRulesAndOpensThemWithNewOnes() throws Exception {
    technique.activate(new Shared());
    begin();
    port.awaitRepair("nft (", () -> nft("flush", "ruleset"));
    String reason = port.status().reason();
    assertTrue(reason.contains("frames came from it in the"), reason);
    port.assertFiltered();
  }

  @Test
  void undoesWhatSomebodyAddsToTheRules() throws Exception {
    technique.activate(new Shared());
    begin();
    port.awaitRepair(
        "nft (", () -> nft("insert", "rule", "bridge", "org_virt", "prerouting", "accept"));
    port.assertFiltered();
  }

  @Test
  void doesNotTakeItsOwnChangesForOthers() throws Exception {
    technique.activate(new Shared());
    begin();
    port.manager.define(
        "<filter name='own'><filterref filter='clean-traffic'/>"
            + "<rule action='drop' direction='out'><arp opcode='1'/></rule></filter>");
    nft("add", "table", "bridge", "somebody");
    nft("delete", "table", "bridge", "somebody");
    port.manager.unbind(port.guest().id());
    assertTrue(
        port.told.stream().noneMatch(status -> status.reason().contains("changed its rules")),
        port.told.toString());
  }

  @Test
  void cannotBeFlushedWhereTheKernelKeepsTablesForTheirOwners() throws Exception {
    assumeTrue(
        technique.probe().details().stream().anyMatch(d -> d.contains("others cannot flush")),
        "tables with an owner need Linux 6.9");
    begin();
    nft("flush", "ruleset");
    port.assertFiltered();
    assertEquals("", port.status().reason());
  }
}
