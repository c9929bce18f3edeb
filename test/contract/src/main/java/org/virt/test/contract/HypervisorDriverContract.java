package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.xml.SafeXml;
import org.virt.spi.driver.Autostarts;
import org.virt.test.contract.LifeCycle.Row;
import org.virt.test.contract.LifeCycle.Start;
import org.virt.test.contract.LifeCycle.Verb;

/**
 * What every hypervisor driver obeys. Extend it in the driver's own tests and give it a driver, a
 * URI and the XML of a machine; whatever the driver does beyond this is tested apart.
 */
public abstract class HypervisorDriverContract extends DriverSessionContract {
  @TestFactory
  Stream<DynamicTest> obeysTheLifeCycle() {
    return LifeCycle.rows().stream()
        .filter(row -> row.verb() != Verb.AUTOSTART || connection instanceof Autostarts)
        .filter(row -> !row.verb().needsGuest() || row.error().isPresent() || guestObeys())
        .map(row -> dynamicTest(row.toString(), () -> check(row)));
  }

  @Test
  void keepsADefinition() throws Exception {
    String xml = newXml();
    DomainId id = connection.define(xml);
    events.await(id, List.of(Kind.DEFINED_ADDED));
    DomainSummary summary = connection.summary(id);
    assertEquals(id, summary.id());
    assertTrue(xml.contains("<name>" + summary.name() + "</name>"), summary.name());
    assertEquals(Persistence.PERSISTENT, summary.persistence());
    assertEquals(DomainState.SHUTOFF, summary.status().state());
    assertTrue(summary.number().isEmpty());
    assertEquals(List.of(summary), connection.domains().stream().filter(summary::equals).toList());
    for (XmlView view : XmlView.values()) {
      String kept = connection.xml(id, view);
      assertTrue(kept.contains("<name>" + summary.name() + "</name>"), kept);
      assertTrue(kept.contains("<uuid>" + id + "</uuid>"), kept);
      assertFalse(firstLine(kept).contains(" id='"), kept);
    }
  }

  @Test
  void replacesADefinitionButNotTheRun() throws Exception {
    DomainId id = define();
    connection.start(id);
    String changed = titled(connection.xml(id, XmlView.INACTIVE));
    assertEquals(id, connection.define(changed));
    assertTrue(connection.xml(id, XmlView.INACTIVE).contains("<title>changed</title>"));
    assertFalse(connection.xml(id, XmlView.LIVE).contains("<title>changed</title>"));
    connection.destroy(id);
    assertTrue(connection.xml(id, XmlView.LIVE).contains("<title>changed</title>"));
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.DEFINED_UPDATED, Kind.STOPPED_DESTROYED));
  }

  @Test
  void refusesANameOrUuidOfAnotherMachine() throws Exception {
    DomainId id = define();
    DomainSummary before = connection.summary(id);
    fails(ErrorCode.OPERATION_FAILED, () -> connection.define(newXml(before.name())));
    fails(ErrorCode.OPERATION_FAILED, () -> connection.create(newXml(before.name())));
    String renamed = domainXml(before.name() + "-b", id.uuid());
    fails(ErrorCode.OPERATION_FAILED, () -> connection.define(renamed));
    assertEquals(before, connection.summary(id));
    drainEvents();
    assertEquals(List.of(), events.kinds(id));
  }

  @Test
  void refusesWhatIsNoDomainXml() throws Exception {
    List<DomainSummary> before = connection.domains();
    String doctype = "<!DOCTYPE domain [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>";
    String xml = newXml();
    for (String bad :
        List.of("", "<domain", "<network/>", doctype + xml, xml.replace("<name>", "<n>"))) {
      fails(ErrorCode.XML_ERROR, () -> connection.define(bad));
      fails(ErrorCode.XML_ERROR, () -> connection.create(bad));
    }
    assertEquals(before, connection.domains());
  }

  @Test
  void createsWhatLeavesNothingBehind() throws Exception {
    String xml = newXml();
    DomainId id = connection.create(xml);
    DomainSummary summary = connection.summary(id);
    assertEquals(Persistence.TRANSIENT, summary.persistence());
    assertEquals(DomainState.RUNNING, summary.status().state());
    assertFalse(firstLine(connection.xml(id, XmlView.INACTIVE)).contains(" id='"));
    fails(ErrorCode.OPERATION_INVALID, () -> connection.create(xml));
    connection.destroy(id);
    assertTrue(find(id).isEmpty());
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.STOPPED_DESTROYED));
  }

  @Test
  void keepsATransientMachineThatIsDefined() throws Exception {
    String xml = newXml();
    DomainId id = connection.create(xml);
    assertEquals(id, connection.define(xml));
    assertEquals(Persistence.PERSISTENT, connection.summary(id).persistence());
    connection.destroy(id);
    assertEquals(DomainState.SHUTOFF, connection.summary(id).status().state());
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.DEFINED_ADDED, Kind.STOPPED_DESTROYED));
  }

  @Test
  void forgetsAnUndefinedMachineWhenItEnds() throws Exception {
    DomainId id = define();
    connection.start(id);
    connection.undefine(id);
    assertEquals(Persistence.TRANSIENT, connection.summary(id).persistence());
    connection.destroy(id);
    assertTrue(find(id).isEmpty());
    events.await(id, List.of(Kind.STARTED_BOOTED, Kind.UNDEFINED_REMOVED, Kind.STOPPED_DESTROYED));
  }

  @Test
  void givesEachRunANumberOfItsOwn() throws Exception {
    DomainId id = define();
    connection.start(id);
    int first = connection.summary(id).number().orElseThrow();
    assertTrue(first > 0);
    assertTrue(firstLine(connection.xml(id, XmlView.LIVE)).contains(" id='" + first + "'"));
    assertFalse(firstLine(connection.xml(id, XmlView.INACTIVE)).contains(" id='"));
    connection.destroy(id);
    connection.start(id);
    assertNotEquals(first, connection.summary(id).number().orElseThrow());
  }

  @Test
  void tellsSizeAndUse() throws Exception {
    DomainId id = define();
    DomainInfo inactive = connection.info(id);
    assertEquals(DomainState.SHUTOFF, inactive.status().state());
    assertEquals(0, inactive.memoryKiB());
    assertEquals(Duration.ZERO, inactive.cpuTime());
    assertTrue(inactive.maxMemoryKiB() > 0);
    assertTrue(inactive.vcpus() > 0);
    connection.start(id);
    DomainInfo active = connection.info(id);
    assertEquals(DomainState.RUNNING, active.status().state());
    assertTrue(active.memoryKiB() > 0 && active.memoryKiB() <= active.maxMemoryKiB());
    assertFalse(active.cpuTime().isNegative());
  }

  @Test
  void describesHostAndHypervisor() throws Exception {
    HypervisorInfo hypervisor = connection.hypervisor();
    assertFalse(hypervisor.type().isBlank());
    assertFalse(hypervisor.hostName().isBlank());
    NodeInfo node = connection.nodeInfo();
    NodeInfo.Topology topology = node.topology();
    assertTrue(node.cpus() > 0 && node.memoryKiB() > 0 && node.mhz() >= 0, node.toString());
    assertTrue(topology.numaCells() > 0 && topology.socketsPerCell() > 0, node.toString());
    assertTrue(topology.coresPerSocket() > 0 && topology.threadsPerCore() > 0, node.toString());
    String capabilities = connection.capabilities();
    assertEquals("capabilities", SafeXml.tree("capabilities", capabilities).name());
  }

  @Test
  void remembersAutostartOfADefinedMachine() throws Exception {
    assumeTrue(connection instanceof Autostarts, "the driver has no facet Autostarts");
    Autostarts autostarts = (Autostarts) connection;
    DomainId id = define();
    autostarts.autostart(id, Autostart.ON);
    autostarts.autostart(id, Autostart.ON);
    assertEquals(Persistence.AUTOSTART, connection.summary(id).persistence());
    connection.define(titled(connection.xml(id, XmlView.INACTIVE)));
    assertEquals(Persistence.AUTOSTART, connection.summary(id).persistence());
    autostarts.autostart(id, Autostart.OFF);
    assertEquals(Persistence.PERSISTENT, connection.summary(id).persistence());
  }

  private void check(Row row) throws Exception {
    DomainId id = make(row.from());
    events.clear();
    if (row.error().isPresent()) {
      fails(row.error().get(), () -> row.verb().ask(connection, id));
      drainEvents();
      assertEquals(List.of(), events.kinds(id));
      return;
    }
    row.verb().ask(connection, id);
    events.await(id, row.events());
    drainEvents();
    assertEquals(row.events(), events.kinds(id));
    assertEquals(row.state(), find(id).map(domain -> domain.status().state()));
    if (row.reason().isPresent()) {
      assertEquals(row.reason(), find(id).map(domain -> domain.status().reason()));
    }
    assertEquals(
        row.state().map(DomainState::isActive).orElse(false),
        find(id).map(domain -> domain.number().isPresent()).orElse(false));
  }

  private DomainId make(Start start) throws Exception {
    if (start == Start.UNKNOWN) {
      return new DomainId(UUID.randomUUID());
    }
    boolean kept = start == Start.INACTIVE || start == Start.RUNNING || start == Start.PAUSED;
    DomainId id = kept ? define() : connection.create(newXml());
    List<Kind> told = new ArrayList<>();
    if (start != Start.INACTIVE) {
      if (kept) {
        connection.start(id);
      }
      told.add(Kind.STARTED_BOOTED);
    }
    if (start == Start.PAUSED || start == Start.TRANSIENT_PAUSED) {
      connection.suspend(id);
      told.add(Kind.SUSPENDED_PAUSED);
    }
    events.await(id, told);
    return id;
  }

  private static String firstLine(String xml) {
    return xml.lines().findFirst().orElse("");
  }

  private static String titled(String xml) {
    return xml.replace("</name>", "</name><title>changed</title>");
  }
}
