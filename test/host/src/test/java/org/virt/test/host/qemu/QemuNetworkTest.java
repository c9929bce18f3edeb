package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.Domain.XmlView;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameters;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.common.process.Command;
import org.virt.spi.driver.Facets;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

@PrivateNetwork
class QemuNetworkTest extends QemuFixture {
  private static final String PLAIN =
      "<interface type='bridge'><mac address='52:54:00:00:00:07'/><source bridge='br7'/>"
          + "<model type='virtio'/></interface>";
  private static final String FILTERED =
      "<interface type='bridge'><mac address='52:54:00:00:00:07'/><source bridge='br7'/>"
          + "<target dev='guest7'/><filterref filter='clean-traffic'>"
          + "<parameter name='IP' value='10.0.0.1'/><parameter name='IP' value='10.0.0.2'/>"
          + "</filterref></interface>";

  private NetlinkLinks links;
  private Link bridge;

  @BeforeEach
  void addBridge() throws VirtException {
    Lab.ip("link add br7 type bridge");
    Lab.ip("link set br7 mtu 1400 up");
    links = NetlinkLinks.open();
    bridge = links.find(new PortId("br7")).orElseThrow();
  }

  @AfterEach
  void removeBridge() throws VirtException {
    Lab.ip("link delete br7");
    links.close();
  }

  private Optional<Link> tap(String name) throws VirtException {
    return links.find(new PortId(name));
  }

  private void assertNothingLeft() throws Exception {
    assertFalse(hasProcess());
    assertEquals(List.of(), runFiles());
    assertEquals(
        List.of(), links.list().stream().filter(link -> link.kind().equals("tun")).toList());
  }

  @Test
  void makesATapAndRemovesIt() throws Exception {
    define("net", PLAIN);
    connection.start(id);
    String name = first(connection.xml(id, XmlView.LIVE), "<target dev='(vnet[0-9]+)'/>");
    assertFalse(connection.xml(id, XmlView.INACTIVE).contains("<target dev='vnet"));
    Link tap = tap(name).orElseThrow();
    assertEquals(bridge.index(), tap.master());
    assertEquals("fe:54:00:00:00:07", tap.mac().toString());
    assertEquals(1400, tap.mtu());
    assertTrue(tap.is(Link.Flag.UP), "switched on");
    connection.destroy(id);
    assertNothingLeft();
    connection.start(id);
    assertFalse(connection.xml(id, XmlView.LIVE).contains("dev='" + name + "'"), "a new name");
  }

  @Test
  void saysThatThereAreNoVirtualNetworks() throws Exception {
    define("net", "<interface type='network'><source network='default'/></interface>");
    String told = fails(ErrorCode.NO_NETWORK, () -> connection.start(id));
    assertTrue(told.contains("/domain/devices/interface[1]"), told);
    assertNothingLeft();
  }

  @Test
  void saysOfAPortWhoseMachineGoesOnThatItDoes() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", FILTERED);
    connection.start(id);
    verbs(SaveVerbs.class).managedSave(Set.of());
    connection.start(id);
    assertEquals(List.of(new PortId("guest7")), filters.restored());
    assertFalse(filters.bound().get(1).is(Link.Flag.UP), "down when it was bound");
    connection.destroy(id);
    connection.start(id);
    assertEquals(1, filters.restored().size(), "it boots");
  }

  @Test
  void hasAPortProtectedBeforeItIsSwitchedOn() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", FILTERED);
    connection.start(id);
    Link atBind = filters.bound().get(0);
    assertFalse(atBind.is(Link.Flag.UP), "down when it was bound");
    assertEquals(bridge.index(), atBind.master(), "in its bridge, for filters stand there");
    FilterBinding binding = filters.bindings().get(0);
    assertEquals(new FilterBinding.Owner("net", uuid), binding.owner());
    assertEquals("52:54:00:00:00:07", binding.mac().toString());
    assertEquals(
        new FilterReference("clean-traffic", Map.of("IP", List.of("10.0.0.1", "10.0.0.2"))),
        binding.filter());
    Link tap = tap("guest7").orElseThrow();
    assertTrue(tap.is(Link.Flag.UP), "switched on");
    assertEquals(bridge.index(), tap.master());
    connection.destroy(id);
    assertEquals(List.of(), filters.bindings());
    assertEquals(List.of(), filters.restored());
    assertNothingLeft();
  }

  private DeviceVerbs devices() {
    return ((Facets) connection).facet(DeviceVerbs.class, id).orElseThrow();
  }

  @Test
  void plugsAnInterfaceInWithItsPortProtectedFirst() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", "");
    connection.start(id);
    devices().attachDevice(FILTERED, Affects.LIVE);
    Link atBind = filters.bound().get(0);
    assertFalse(atBind.is(Link.Flag.UP), "down when it was bound");
    assertEquals(bridge.index(), atBind.master());
    assertTrue(tap("guest7").orElseThrow().is(Link.Flag.UP), "switched on");
    String xml = connection.xml(id, XmlView.LIVE);
    assertTrue(xml.contains("<alias name='net0'/>") && xml.contains("<filterref"), xml);
    assertTrue(
        ((Facets) connection)
            .facet(QemuVerbs.class, id)
            .orElseThrow()
            .monitorCommand("info network", QemuVerbs.Language.HMP)
            .contains("ifname=guest7"));
    restartDriver();
    connection.destroy(id);
    assertEquals(List.of(), filters.bindings());
    assertNothingLeft();
  }

  @Test
  void takesAllBackWhenAPluggedPortCannotBeProtected() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", "");
    connection.start(id);
    String before = connection.xml(id, XmlView.LIVE);
    filters.fail();
    VirtException e =
        assertThrows(VirtException.class, () -> devices().attachDevice(FILTERED, Affects.LIVE));
    assertEquals(ErrorCode.BUILD_FIREWALL, e.code());
    assertEquals(before, connection.xml(id, XmlView.LIVE));
    assertTrue(tap("guest7").isEmpty(), "no tap is left");
    connection.destroy(id);
    assertNothingLeft();
  }

  @Test
  void startsNothingWithoutAFilterManager() throws Exception {
    define("net", FILTERED);
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertEquals(ErrorCode.BUILD_FIREWALL, e.code());
    assertTrue(e.getMessage().contains("org.virt.nwfilter"), e.getMessage());
    assertNothingLeft();
  }

  @Test
  void takesAllBackWhenAPortCannotBeProtected() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    filters.fail();
    use(filters);
    define("net", PLAIN + FILTERED);
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertEquals(ErrorCode.BUILD_FIREWALL, e.code());
    assertNothingLeft();
  }

  @Test
  void takesAllBackWhenQemuDoesNotStart() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define(
        "net",
        FILTERED + "<disk type='file'><source file='/nowhere/disk'/><target dev='vda'/></disk>");
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertTrue(e.getMessage().contains("/nowhere/disk"), e.getMessage());
    assertEquals(List.of(), filters.bindings());
    assertNothingLeft();
  }

  @Test
  void saysThatTheBridgeIsMissing() throws Exception {
    define("net", PLAIN.replace("br7", "br8"));
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertEquals(ErrorCode.NO_INTERFACE, e.code());
    assertEquals("start domain net: there is no bridge 'br8'", e.getMessage());
    assertNothingLeft();
  }

  @Test
  void removesTheTapOfAMachineThatDied() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", FILTERED);
    connection.start(id);
    process().destroyForcibly();
    Lab.await("the binding is gone", () -> filters.bindings().isEmpty());
    Lab.await("the machine is inactive", () -> isInactive());
    assertNothingLeft();
  }

  private boolean isInactive() {
    try {
      return !connection.summary(id).isActive();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void removesTheTapOfAMachineThatDiedWhileNobodyLooked() throws Exception {
    define("net", PLAIN);
    connection.start(id);
    killUnseen();
    startDriver(home);
    assertNothingLeft();
  }

  @Test
  void protectsAPortAgainThatNobodyProtectsAnyMore() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", FILTERED);
    connection.start(id);
    stopDriver();
    filters.unbind(new PortId("guest7"));
    startDriver(home);
    Lab.await("it is bound", () -> filters.bindings().size() == 1);
  }

  @Test
  void shutsAPortThatCannotBeProtectedAgain() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", FILTERED);
    connection.start(id);
    stopDriver();
    filters.unbind(new PortId("guest7"));
    filters.fail();
    startDriver(home);
    Lab.await("it is shut", () -> isDown("guest7"));
    assertTrue(connection.summary(id).isActive());
  }

  @Test
  void removesACardThatWasBeingPluggedInWhenTheRuntimeEnded() throws Exception {
    FakeFilters filters = new FakeFilters(links);
    use(filters);
    define("net", "");
    connection.start(id);
    devices().attachDevice(FILTERED, Affects.LIVE);
    stopDriver();
    // What is kept before the card is there: its port, not yet the card.
    Path state = home.resolve("qemu/run/" + uuid + ".json");
    String before = Files.readString(state);
    String half = before.replaceAll("<interface.*?</interface>", "");
    assertFalse(half.equals(before), before);
    Files.writeString(state, half);
    startDriver(home);
    assertTrue(tap("guest7").isEmpty(), "its tap is gone");
    assertEquals(List.of(), filters.bindings());
    connection.destroy(id);
    assertNothingLeft();
  }

  @Test
  void limitsWhatACardReceives() throws Exception {
    define(
        "net",
        PLAIN.replace(
            "<model", "<bandwidth><inbound average='1000' peak='2000'/></bandwidth><model"));
    connection.start(id);
    String name = first(live(), "<target dev='(vnet[0-9]+)'/>");
    String classes = Command.of("tc", "class", "show", "dev", name).require();
    assertTrue(classes.contains("rate 8Mbit ceil 16Mbit"), classes);
    TuningVerbs tuning = verbs(TuningVerbs.class);
    TypedParameters slower =
        TypedParameters.builder().uint("inbound.average", 500).uint("inbound.peak", 0).build();
    tuning.setDeviceParameters(DeviceArea.INTERFACE, name, slower, Affects.LIVE);
    classes = Command.of("tc", "class", "show", "dev", name).require();
    assertTrue(classes.contains("rate 4Mbit ceil 4Mbit"), classes);
    assertTrue(live().contains("<inbound average='500'/>"), live());
    TypedParameters none = TypedParameters.builder().uint("inbound.average", 0).build();
    tuning.setDeviceParameters(DeviceArea.INTERFACE, name, none, Affects.LIVE);
    assertFalse(Command.of("tc", "qdisc", "show", "dev", name).require().contains("htb"));
  }

  @Test
  void changesTheBridgeAndTheBandwidthOfACardThatIsInUse() throws Exception {
    Lab.ip("link add br8 type bridge");
    try {
      define("net", PLAIN.replace("<model", "<target dev='guest7'/><model"));
      connection.start(id);
      String other =
          PLAIN
              .replace("br7", "br8")
              .replace("<model", "<bandwidth><inbound average='1000'/></bandwidth><model");
      devices().updateDevice(other, Affects.LIVE, Force.NO);
      Link next = links.find(new PortId("br8")).orElseThrow();
      assertEquals(next.index(), tap("guest7").orElseThrow().master());
      assertTrue(live().contains("<source bridge='br8'/>"), live());
      assertTrue(htb(), "is limited");
      fails(
          ErrorCode.NO_INTERFACE,
          () -> devices().updateDevice(PLAIN.replace("br7", "br9"), Affects.LIVE, Force.NO));
      restartDriver();
      assertEquals(next.index(), tap("guest7").orElseThrow().master());
      assertTrue(live().contains("<source bridge='br8'/>"), live());
      assertTrue(htb(), "is limited as before");
      devices().updateDevice(PLAIN, Affects.LIVE, Force.NO);
      assertEquals(bridge.index(), tap("guest7").orElseThrow().master());
      assertFalse(htb(), "has no limits");
      assertTrue(tap("guest7").orElseThrow().is(Link.Flag.UP), "is switched on");
    } finally {
      Lab.ip("link delete br8");
    }
  }

  private static boolean htb() throws VirtException {
    return Command.of("tc", "qdisc", "show", "dev", "guest7").require().contains("htb");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<target dev='guest8'/>",
        "<model type='e1000'/>",
        "<driver queues='2'/>",
        "<mtu size='1300'/>",
        "<boot order='1'/>"
      })
  void keepsTheRestOfACardThatIsInUse(String part) throws Exception {
    define("net", PLAIN);
    connection.start(id);
    String name = part.substring(0, part.indexOf(' '));
    String other =
        PLAIN.replaceFirst(name + " [^>]*>", "").replace("</interface>", part + "</interface>");
    String told =
        fails(
            ErrorCode.OPERATION_UNSUPPORTED,
            () -> devices().updateDevice(other, Affects.LIVE, Force.NO));
    assertTrue(told.contains(name), told);
  }

  @Test
  void definesNothingWhoseBandwidthCannotBeLimited() throws Exception {
    String card = PLAIN.replace("<model", "<bandwidth><inbound peak='7'/></bandwidth><model");
    String told = fails(ErrorCode.XML_ERROR, () -> define("net", card));
    assertTrue(told.contains("average"), told);
    assertNothingLeft();
  }

  @Test
  void startsNothingWhoseBandwidthCannotBeLimited() throws Exception {
    String floor = "<bandwidth><inbound average='7' floor='5'/></bandwidth><model";
    String told =
        fails(
            ErrorCode.CONFIG_UNSUPPORTED,
            () -> {
              define("net", PLAIN.replace("<model", floor));
              connection.start(id);
            });
    assertTrue(told.contains("floor"), told);
    assertNothingLeft();
  }

  private boolean isDown(String name) {
    try {
      return tap(name).filter(link -> !link.is(Link.Flag.UP)).isPresent();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void usesAnInterfaceThatIsThere() throws Exception {
    Lab.ip("tuntap add mode tap name mine0");
    define("net", "<interface type='ethernet'><target dev='mine0' managed='no'/></interface>");
    connection.start(id);
    assertTrue(tap("mine0").orElseThrow().is(Link.Flag.UP), "switched on");
    connection.destroy(id);
    assertTrue(tap("mine0").isPresent(), "left alone");
    Lab.ip("link delete mine0");
  }

  @Test
  void neverFiltersWhatItCannot() throws Exception {
    use(new FakeFilters(links));
    define("net", "<interface type='user'><filterref filter='clean-traffic'/></interface>");
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
    assertTrue(e.getMessage().contains("/domain/devices/interface/filterref"), e.getMessage());
  }
}
