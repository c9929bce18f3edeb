package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.nwfilter.internal.xml.IpText;

/** Leases whose port has gone: for whom they come back, and for whom not. */
class KeptLeasesTest extends ManagerFixture {
  private static final InetAddress IP = IpText.parse("10.1.2.3").orElseThrow();
  private static final InetAddress OTHER = IpText.parse("10.1.2.4").orElseThrow();
  private static final FilterBinding BOUND =
      binding("vnet0", "clean-traffic", "CTRL_IP_LEARNING", "dhcp");
  private static final int INDEX = 5;
  private static final int NEXT = 9;

  /** A guest has a lease of an hour. */
  @BeforeEach
  void lease() throws Exception {
    links.add("vnet0", INDEX, Link.Flag.UP);
    manager.bind(BOUND);
    sinks.get(INDEX).learned(IP, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
  }

  /** The guest's interface goes. */
  private void goes() {
    links.vanish(INDEX);
    await("forgotten", () -> manager.bindings().isEmpty());
  }

  private static FilterBinding at(String port) {
    return new FilterBinding(
        BOUND.owner(), new PortId(port), BOUND.linkDevice(), BOUND.mac(), BOUND.filter());
  }

  private void restores(FilterBinding binding) throws VirtException {
    links.add(binding.port().name(), NEXT, Link.Flag.UP);
    manager.bindRestored(binding);
  }

  private void assertHasLease(String port) {
    assertEquals(Learning.BOUND, status(port).learning());
    assertEquals(Enforcement.IN_FORCE, status(port).enforcement());
    assertEquals(Set.of(IP), kernel.of(NEXT));
    Duration left = requests.get(NEXT).terms().held().get(IP).orElseThrow();
    assertTrue(left.compareTo(Duration.ofHours(1)) <= 0, left.toString());
    assertEquals(Source.DHCP, manager.addresses().get(0).source());
  }

  private void assertLearnsAnew(String port) {
    assertEquals(Learning.LEARNING, status(port).learning());
    assertEquals(Set.of(), kernel.of(NEXT));
    assertFalse(kernel.uses(NEXT, "Lookup"));
  }

  private void rebootsTheHost() throws Exception {
    manager.stop();
    boots();
  }

  private void boots() throws Exception {
    Files.writeString(home.resolve("nwfilter-binding/boot"), "another\n");
    links.links.clear();
    kernel.programs.clear();
    technique = new FakeTechnique(kernel);
    start();
  }

  @Test
  void areInForceAtOnceWhenTheGuestGoesOn() throws Exception {
    goes();
    events.clear();
    restores(at("vnet7"));
    assertHasLease("vnet7");
    await("told", () -> events.contains("LEARNED /10.1.2.3"));
  }

  @Test
  void endWithTheirTimeWhenTheyCameBack() throws Exception {
    sinks.get(INDEX).learned(IP, Source.DHCP, Optional.of(Duration.ofMillis(700)));
    await("shorter", () -> endsWithin(Duration.ofMinutes(1)));
    goes();
    restores(at("vnet7"));
    await("over", () -> status("vnet7").learning() == Learning.LEARNING);
    assertFalse(kernel.of(NEXT).contains(IP));
  }

  private boolean endsWithin(Duration time) {
    Instant then = Instant.now().plus(time);
    return manager.addresses().stream().allMatch(a -> a.expires().orElseThrow().isBefore(then));
  }

  @Test
  void doNotComeBackToAGuestThatBoots() throws Exception {
    goes();
    links.add("vnet0", NEXT, Link.Flag.UP);
    manager.bind(BOUND);
    assertLearnsAnew("vnet0");
    // Nor later: what it does since then decides.
    links.vanish(NEXT);
    await("forgotten", () -> manager.bindings().isEmpty());
    restores(at("vnet7"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackToAnotherMachineOrCard() throws Exception {
    FilterBinding.Owner owner = new FilterBinding.Owner("vm", new UUID(1, 3));
    MacAddress mac = MacAddress.parse("52:54:00:00:00:02");
    goes();
    int index = NEXT;
    for (FilterBinding other :
        List.of(
            new FilterBinding(owner, new PortId("a"), Optional.empty(), mac, BOUND.filter()),
            new FilterBinding(
                owner, new PortId("b"), Optional.empty(), BOUND.mac(), BOUND.filter()),
            new FilterBinding(
                BOUND.owner(), new PortId("c"), Optional.empty(), mac, BOUND.filter()))) {
      links.add(other.port().name(), ++index, Link.Flag.UP);
      manager.bindRestored(other);
      assertEquals(Learning.LEARNING, status(other.port().name()).learning());
    }
    restores(at("vnet7"));
    assertHasLease("vnet7");
  }

  @Test
  void doNotComeBackUnderOtherParameters() throws Exception {
    goes();
    restores(binding("vnet7", "clean-traffic", "CTRL_IP_LEARNING", "any"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackUnderAnotherFilter() throws Exception {
    goes();
    restores(binding("vnet7", "no-ip-spoofing", "CTRL_IP_LEARNING", "dhcp"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackOnAnotherNetwork() throws Exception {
    goes();
    links.addMacvtap("vnet7", NEXT);
    manager.bindRestored(at("vnet7"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackOfANetworkThatThePortHasLeft() throws Exception {
    links.addBridge("br1", 2);
    links.move(INDEX, 2);
    goes();
    links.add("vnet7", NEXT, Link.Flag.UP);
    links.move(NEXT, 2);
    manager.bindRestored(at("vnet7"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void ofANetworkThatThePortHasLeftAreNotOnDiskAsThatNetworks() throws Exception {
    links.addBridge("br1", 2);
    links.move(INDEX, 2);
    rebootsTheHost();
    links.add("vnet0", NEXT, Link.Flag.UP);
    manager.bind(BOUND);
    assertLearnsAnew("vnet0");
  }

  @Test
  void ofANetworkThatThePortHasLeftAreWorthNothingAfterARestartEither() throws Exception {
    links.addBridge("br1", 2);
    links.move(INDEX, 2);
    manager.stop();
    technique = new FakeTechnique(kernel);
    start();
    await("found again", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    goes();
    links.add("vnet7", NEXT, Link.Flag.UP);
    links.move(NEXT, 2);
    manager.bindRestored(at("vnet7"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackWhenTheyWereReleased() throws Exception {
    sinks.get(INDEX).released(IP);
    await("released", () -> status("vnet0").learning() == Learning.LEARNING);
    goes();
    restores(at("vnet7"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackThoughTheReleaseCouldNotBeCarriedOut() throws Exception {
    technique.bindFails = true;
    sinks.get(INDEX).released(IP);
    await("tried", () -> technique.refusedBinds.get() > 0);
    goes();
    technique.bindFails = false;
    restores(at("vnet7"));
    assertLearnsAnew("vnet7");
  }

  @Test
  void doNotComeBackWhileAnotherPortHasTheAddress() throws Exception {
    goes();
    FilterBinding other = binding("vnet1", "clean-traffic", "IP", "10.1.2.3");
    links.add("vnet1", 6, Link.Flag.UP);
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner("other", new UUID(1, 9)),
            other.port(),
            Optional.empty(),
            MacAddress.parse("52:54:00:00:00:09"),
            other.filter()));
    restores(at("vnet7"));
    assertLearnsAnew("vnet7");
    assertEquals(Set.of(IP), kernel.of(6));
  }

  @Test
  void areLeasesOnly() throws Exception {
    sinks.get(INDEX).learned(OTHER, Source.ARP, Optional.empty());
    await("seen", () -> manager.addresses().size() == 2);
    goes();
    restores(at("vnet7"));
    assertHasLease("vnet7");
  }

  @Test
  void surviveABootOfTheHost() throws Exception {
    rebootsTheHost();
    assertEquals(List.of(), manager.bindings());
    links.add("vnet0", NEXT, Link.Flag.UP);
    manager.bind(BOUND);
    assertHasLease("vnet0");
  }

  @Test
  void surviveABootOfTheHostThoughTheirMachineHadStopped() throws Exception {
    goes();
    rebootsTheHost();
    rebootsTheHost();
    links.add("vnet0", NEXT, Link.Flag.UP);
    manager.bind(BOUND);
    assertHasLease("vnet0");
  }

  @Test
  void surviveARestartOfTheRuntimeThatTheirPortDoesNot() throws Exception {
    manager.stop();
    links.links.clear();
    kernel.programs.clear();
    technique = new FakeTechnique(kernel);
    start();
    restores(at("vnet7"));
    assertHasLease("vnet7");
  }

  private static boolean has(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  /** Changes what is on disk while the host boots. */
  private void rebootsWith(UnaryOperator<String> change) throws Exception {
    manager.stop();
    Path file = home.resolve("nwfilter-binding/addresses");
    await("written", () -> has(file, " 10.1.2.3 DHCP "));
    Files.writeString(file, change.apply(Files.readString(file)));
    boots();
    links.add("vnet0", NEXT, Link.Flag.UP);
    manager.bind(BOUND);
  }

  @Test
  void doNotComeBackWhenTheClockWasSetBack() throws Exception {
    String later = Instant.now().plus(Duration.ofMinutes(30)).toString();
    rebootsWith(text -> text.replaceFirst(" DHCP \\S+", " DHCP " + later));
    assertLearnsAnew("vnet0");
  }

  @Test
  void doNotComeBackWhenTheyEndedWhileTheHostWasDown() throws Exception {
    String past = Instant.now().minus(Duration.ofMinutes(30)).toString();
    String end = Instant.now().minus(Duration.ofMinutes(1)).toString();
    rebootsWith(text -> text.replaceFirst(" DHCP \\S+ \\S+", " DHCP " + past + " " + end));
    assertLearnsAnew("vnet0");
  }

  @Test
  void ofWhichHalfIsWrittenDoNotComeBack() throws Exception {
    rebootsWith(text -> "\0\n" + text.substring(0, text.length() - 9));
    assertLearnsAnew("vnet0");
  }

  @Test
  void comeBackFromAFileWhoseOtherLinesMakeNoSense() throws Exception {
    rebootsWith(text -> "5 x y\n\n" + text + text.substring(0, 40));
    assertHasLease("vnet0");
  }
}
