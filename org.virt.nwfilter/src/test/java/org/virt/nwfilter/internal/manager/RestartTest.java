package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.common.net.Link;
import org.virt.spi.nwfilter.FilterTechnique;

/** What a runtime finds that begins again, and a technique that comes back. */
class RestartTest extends ManagerFixture {
  @Test
  void believesTheKernelAboutAddressesAfterARestart() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.stop();
    // What a runtime leaves that was killed before it wrote the address down.
    java.nio.file.Files.delete(home.resolve("nwfilter-binding/addresses"));

    technique = new FakeTechnique(kernel);
    start();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, technique.commits.get());
    assertEquals(ip, manager.addresses().get(0).address());
  }

  @Test
  void tellsAReturningTechniqueWhatChangedWhileItWasAway() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "CTRL_IP_LEARNING", "dhcp"));
    InetAddress first = InetAddress.getByName("10.1.2.3");
    InetAddress second = InetAddress.getByName("10.1.2.4");
    sinks.get(5).learned(first, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.removeTechnique(technique);
    await("orphaned", () -> status("vnet0").enforcement() == Enforcement.ORPHANED);
    sinks.get(5).learned(second, Source.DHCP, Optional.of(Duration.ofHours(1)));
    sinks.get(5).released(first);
    manager.addTechnique(new FakeTechnique(kernel), Map.of(FilterTechnique.NAME, "fake"));
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(java.util.Set.of(second), kernel.of(5));
  }

  @Test
  void aFilterWithAWrongValueStaysUnusableAfterARestart() throws Exception {
    links.add("vnet0", 5);
    manager.define(
        "<filter name='f'><rule action='accept' direction='out'>"
            + "<tcp dstportstart='70000'/></rule></filter>");
    assertMessage("70000", () -> manager.bind(binding("vnet0", "f")));
    assertEquals(List.of(), manager.bindings());
    manager.stop();
    technique = new FakeTechnique(kernel);
    start();
    assertMessage("70000", () -> manager.bind(binding("vnet0", "f")));
  }

  @Test
  void findsItsPortsAgainAfterARestart() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic"));
    InetAddress ip = InetAddress.getByName("10.1.2.3");
    sinks.get(5).learned(ip, Source.DHCP, Optional.of(Duration.ofHours(1)));
    await("bound", () -> status("vnet0").learning() == Learning.BOUND);
    manager.stop();

    technique = new FakeTechnique(kernel);
    start();
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, technique.commits.get(), "nothing differs, so nothing is committed");
    assertEquals(ip, manager.addresses().get(0).address());
    assertEquals(Source.DHCP, manager.addresses().get(0).source());
    assertTrue(links.isUp(5));
  }

  @Test
  void findsManyPortsAgainAndReplacesThoseThatDifferAtOnce() throws Exception {
    int count = 200;
    for (int i = 0; i < count; i++) {
      links.add("vnet" + i, 10 + i, Link.Flag.UP);
      manager.bind(binding("vnet" + i, "clean-traffic", "IP", "10.1.2." + i));
    }
    manager.stop();
    // Two ports have something else than they should.
    kernel.programs.put(10, kernel.programs.get(11));
    kernel.programs.remove(12);

    technique = new FakeTechnique(kernel);
    begin();
    await("known", () -> manager.status().size() == count);
    String reason = status("vnet0").reason();
    assertTrue(reason.startsWith("not yet compared with what the kernel has"), reason);
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    await(
        "in force",
        () -> manager.status().stream().allMatch(s -> s.enforcement() == Enforcement.IN_FORCE));
    assertEquals(1, technique.commits.get());
    assertTrue(kernel.uses(10, "vnet0"));
    assertTrue(kernel.uses(12, "vnet2"));
    assertTrue(links.isUp(12));
  }

  @Test
  void forgetsAPortWhoseInterfaceCameAgainUnderItsName() throws Exception {
    links.add("vnet0", 5);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    manager.stop();
    links.links.clear();
    links.add("vnet0", 9);
    technique = new FakeTechnique(kernel);
    start();
    assertEquals(List.of(), manager.bindings());
    await("stale rules are removed", kernel.programs::isEmpty);
  }

  @Test
  void orphansPortsOfATechniqueThatLeavesAndTakesThemOver() throws Exception {
    links.add("vnet0", 5, Link.Flag.UP);
    manager.bind(binding("vnet0", "clean-traffic", "IP", "10.1.2.3"));
    manager.removeTechnique(technique);
    await("orphaned", () -> status("vnet0").enforcement() == Enforcement.ORPHANED);
    assertTrue(kernel.uses(5, "10.1.2.3"));
    assertTrue(links.isUp(5));
    FakeTechnique next = new FakeTechnique(kernel);
    manager.addTechnique(next, Map.of(FilterTechnique.NAME, "fake"));
    await("in force", () -> status("vnet0").enforcement() == Enforcement.IN_FORCE);
    assertEquals(0, next.commits.get());
  }
}
