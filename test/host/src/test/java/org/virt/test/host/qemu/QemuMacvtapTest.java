package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.common.process.Command;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** Cards of type {@code direct}; what their guests send is told in {@link QemuPacketsTest}. */
@PrivateNetwork
class QemuMacvtapTest extends QemuFixture {
  private static final String MAC = "52:54:00:00:00:07";
  private static final Map<String, String> MODES =
      Map.of("bridge", "bridge", "vepa", "vepa", "private", "private", "passthrough", "passthru");

  private NetlinkLinks links;

  @BeforeEach
  void addDevice() throws VirtException {
    Lab.ip("link add low7 address 02:00:00:00:00:07 mtu 1400 up type veth peer name wire7");
    Lab.ip("link set wire7 up");
    links = NetlinkLinks.open();
  }

  @AfterEach
  void removeDevice() throws VirtException {
    removeMachines();
    Lab.ip("link delete low7");
    links.close();
  }

  private static String card(String mode, String more) {
    return "<interface type='direct'><mac address='%s'/><source dev='low7' mode='%s'/>%s</interface>"
        .formatted(MAC, mode, more);
  }

  private static String virtio(String more) {
    return card("bridge", "<model type='virtio'/>" + more);
  }

  private List<Link> macvtaps() throws VirtException {
    return links.list().stream().filter(link -> link.kind().equals("macvtap")).toList();
  }

  private Link lower() throws VirtException {
    return links.find(new PortId("low7")).orElseThrow();
  }

  /** Returns how many files of the macvtap the machine's process has open. */
  private long files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + process().pid() + "/fd"))) {
      return files.filter(QemuMacvtapTest::isTap).count();
    }
  }

  private static boolean isTap(Path file) {
    try {
      return Files.readSymbolicLink(file).getFileName().toString().matches("tap[0-9]+");
    } catch (IOException e) {
      return false; // it is closed already
    }
  }

  private void assertNothingLeft() throws Exception {
    assertFalse(hasProcess());
    assertEquals(List.of(), runFiles());
    assertEquals(List.of(), macvtaps());
    assertEquals("02:00:00:00:00:07", lower().mac().toString());
  }

  @Test
  void makesAMacvtapOfEachModeAndRemovesIt() throws Exception {
    for (Map.Entry<String, String> mode : MODES.entrySet()) {
      define("direct", card(mode.getKey(), "<model type='e1000'/>"));
      connection.start(id);
      Link made = macvtaps().get(0);
      assertTrue(live().contains("<target dev='" + made.name() + "'/>"), live());
      assertFalse(connection.xml(id, XmlView.INACTIVE).contains("<target"), "of this run only");
      assertEquals(lower().index(), made.lower());
      assertEquals(MAC, made.mac().toString());
      assertEquals(1400, made.mtu());
      assertTrue(made.is(Link.Flag.UP), "switched on");
      String told = Command.of("ip", "-d", "link", "show", made.name().name()).require();
      assertTrue(told.contains("macvtap mode " + mode.getValue()), told);
      assertEquals(1, files());
      connection.destroy(id);
      assertNothingLeft();
    }
  }

  @Test
  void opensAFileForEachQueue() throws Exception {
    define("direct", virtio("<driver queues='9'/>"));
    connection.start(id);
    assertEquals(9, files());
    assertTrue(monitor("info network").contains("fd="), monitor("info network"));
  }

  @Test
  void hasAMacvtapProtectedBeforeItIsSwitchedOn() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("direct", virtio("<filterref filter='clean-traffic'/>"));
    connection.start(id);
    assertFalse(filters.bound().get(0).is(Link.Flag.UP), "down when it was bound");
    assertEquals(Optional.of(new PortId("low7")), filters.bindings().get(0).linkDevice());
    assertTrue(macvtaps().get(0).is(Link.Flag.UP), "switched on");
    connection.destroy(id);
    assertEquals(List.of(), filters.bindings());
    assertNothingLeft();
  }

  @Test
  void removesAMacvtapThatCannotBeProtected() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    filters.fail();
    use(filters);
    define("direct", virtio("<filterref filter='clean-traffic'/>"));
    fails(ErrorCode.BUILD_FIREWALL, () -> connection.start(id));
    assertNothingLeft();
    define("direct", "");
    connection.start(id);
    String card = virtio("<filterref filter='clean-traffic'/>");
    fails(
        ErrorCode.BUILD_FIREWALL, () -> verbs(DeviceVerbs.class).attachDevice(card, Affects.LIVE));
    assertEquals(List.of(), macvtaps());
  }

  @Test
  void plugsAMacvtapInProtectedFirst() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("direct", "");
    connection.start(id);
    String card = virtio("<driver queues='2'/><filterref filter='clean-traffic'/>");
    verbs(DeviceVerbs.class).attachDevice(card, Affects.LIVE);
    assertFalse(filters.bound().get(0).is(Link.Flag.UP), "down when it was bound");
    assertTrue(macvtaps().get(0).is(Link.Flag.UP), "switched on");
    assertEquals(2, files());
    restartDriver();
    assertEquals(1, macvtaps().size());
    connection.destroy(id);
    assertEquals(List.of(), filters.bindings());
    assertNothingLeft();
  }

  @Test
  void removesTheMacvtapOfAMachineThatDied() throws Exception {
    define("direct", card("passthrough", "<model type='virtio'/>"));
    connection.start(id);
    process().destroyForcibly();
    events.awaitLast(id, Kind.STOPPED_CRASHED);
    assertNothingLeft();
    connection.start(id);
    killUnseen();
    startDriver(home);
    assertNothingLeft();
  }

  @Test
  void limitsWhatTheGuestSendsWhereItLeaves() throws Exception {
    define("direct", virtio("<bandwidth><outbound average='2000'/></bandwidth>"));
    connection.start(id);
    String name = macvtaps().get(0).name().name();
    String sent = Command.of("tc", "class", "show", "dev", name).require();
    assertTrue(sent.contains("rate 16Mbit"), sent);
  }

  @Test
  void namesADeviceThatIsNotThereOrIsOff() throws Exception {
    define("direct", card("vepa", "").replace("low7", "low8"));
    assertTrue(fails(ErrorCode.NO_INTERFACE, () -> connection.start(id)).contains("low8"));
    define("direct", card("vepa", ""));
    Lab.ip("link set low7 down");
    String why = fails(ErrorCode.OPERATION_FAILED, () -> connection.start(id));
    assertTrue(why.contains("low7 is switched off"), why);
    assertNothingLeft();
  }
}
