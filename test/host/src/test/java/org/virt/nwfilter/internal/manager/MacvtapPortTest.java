package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.common.net.Link;
import org.virt.common.process.Command;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.test.contract.FolderState;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/**
 * A macvtap, which no rule of a bridge sees: when its guest's frames pass, and when they do not.
 */
@PrivateNetwork
class MacvtapPortTest {
  private static final String GATEWAY = "192.0.2.1";
  private static final String ADDRESS = "192.0.2.9";
  private static final String FOREIGN = "192.0.2.66";

  private final NftablesTechnique technique = new NftablesTechnique();
  private final NftablesTechnique other = new NftablesTechnique();
  @TempDir private Path home;
  private NetworkFilterManager manager;
  private Lab lab;
  private Endpoint guest;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        technique.probe().details().stream().anyMatch(d -> d.contains("judged at the device")),
        "rules at a device's egress need Linux 5.16");
    lab = Lab.open();
    guest = lab.plugDirect("mvt0", 0);
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
  }

  @AfterEach
  void close() throws Exception {
    if (lab == null) {
      return;
    }
    manager.stop();
    technique.close();
    other.close();
    lab.unplug(guest);
    lab.close();
  }

  private void add() {
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "nftables"));
  }

  private void bind() throws VirtException {
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner("vm", UUID.randomUUID()),
            guest.id(),
            Optional.empty(),
            guest.mac(),
            new FilterReference("clean-traffic", Map.of("IP", List.of(ADDRESS)))));
  }

  private byte[] packet(String source) {
    return Frames.udp(guest.mac(), Frames.BROADCAST, source, GATEWAY);
  }

  private boolean isUp() {
    try {
      return lab.links().find(guest.id()).orElseThrow().is(Link.Flag.UP);
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertFiltered() throws Exception {
    assertTrue(isUp());
    assertTrue(lab.leaves(guest, packet(ADDRESS)));
    assertFalse(lab.leaves(guest, packet(FOREIGN)));
  }

  @Test
  void isFilteredWhenItsBindingReturns() throws Exception {
    add();
    assertTrue(lab.leaves(guest, packet(FOREIGN)), "nothing filters it yet");
    bind();
    assertFiltered();
  }

  @Test
  void isDownUntilATechniqueHasItsRules() throws Exception {
    assertThrows(VirtException.class, this::bind);
    assertFalse(isUp());
    add();
    Lab.await("in force", () -> manager.status().get(0).enforcement() == Enforcement.IN_FORCE);
    assertFiltered();
  }

  @Test
  void isDownWhileItsRulesAreRefusedWhoeverPutsItUp() throws Exception {
    PortRef another = new PortRef(lab.uplink().id(), lab.uplink().port().index(), guest.mac());
    other.prepare(1, List.of(new PortProgram(another, new Program(List.of(), List.of())))).commit();
    other.remove(List.of(another));
    add();
    VirtException refused = assertThrows(VirtException.class, this::bind);
    assertTrue(refused.getMessage().contains("another running process"), refused.getMessage());
    assertFalse(isUp());
    for (int i = 0; i < 5; i++) {
      Lab.ip("link set mvt0 up");
      Lab.await("down again", () -> !isUp());
    }
    other.close();
    Lab.await("in force", () -> manager.status().get(0).enforcement() == Enforcement.IN_FORCE);
    assertFiltered();
  }

  @Test
  void isFilteredAgainUnderTheSameName() throws Exception {
    add();
    bind();
    int first = guest.port().index();
    lab.unplug(guest);
    Lab.await("its binding is gone", () -> manager.bindings().isEmpty());
    guest = lab.plugDirect("mvt0", 0);
    bind();
    assertFiltered();
    manager.unbind(guest.id());
    String left = Command.of("nft", "list", "table", "netdev", "org_virt").require();
    assertFalse(left.contains("_" + first + " "), left);
    assertTrue(lab.leaves(guest, packet(FOREIGN)), "nothing filters it any more");
  }
}
