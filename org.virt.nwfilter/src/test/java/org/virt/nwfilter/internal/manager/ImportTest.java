package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.ImportRequest;
import org.virt.api.nwfilter.ImportRequest.Existing;
import org.virt.api.nwfilter.ImportResult;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;

class ImportTest {
  private static final String DROP = "<rule action='drop' direction='in'/>";
  private static final String ACCEPT = "<rule action='accept' direction='in'/>";

  @TempDir Path home;

  private final FakeLinks links = new FakeLinks();
  private final FakeTechnique technique = new FakeTechnique(new FakeTechnique.Kernel());
  private final Map<String, String> documents = new LinkedHashMap<>();
  private NetworkFilterManager manager;

  @BeforeEach
  void start() throws VirtException {
    manager = new NetworkFilterManager(new FolderState(home), () -> links, Clock.systemUTC());
    manager.start();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
    links.add("vnet0", 5);
  }

  @AfterEach
  void stop() {
    manager.stop();
  }

  private static String filter(String name, String body) {
    return "<filter name='" + name + "' chain='root'>" + body + "</filter>";
  }

  private static String binding(String port, String filter) {
    return "<filterbindingstatus><filterbinding><owner><name>vm</name>"
        + "<uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner><portdev name='"
        + port
        + "'/><mac address='52:54:00:00:00:01'/><filterref filter='"
        + filter
        + "'><parameter name='MAC' value='52:54:00:00:00:01'/></filterref>"
        + "</filterbinding></filterbindingstatus>";
  }

  private void give(String document, String xml) {
    documents.put(document, xml);
  }

  private String takeOver(Existing existing) {
    return manager.takeOver(new ImportRequest(documents, existing)).stream()
        .map(r -> r.kind() + " " + r.name() + " " + r.outcome())
        .collect(Collectors.joining("\n"));
  }

  private String reasonOf(String name) {
    return manager.takeOver(new ImportRequest(documents, Existing.KEEP)).stream()
        .filter(result -> result.name().equals(name))
        .map(ImportResult::reason)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void takesFiltersInTheOrderOfTheirReferencesThenBindings() throws Exception {
    give("b.xml", binding("vnet0", "outer"));
    give("outer.xml", filter("outer", "<filterref filter='inner'/>"));
    give("inner.xml", filter("inner", "<uuid>5c6d49af-b071-6127-b4ec-6f8ed4b55335</uuid>" + DROP));
    assertEquals(
        "FILTER inner IMPORTED\nFILTER outer IMPORTED\nBINDING vnet0 IMPORTED",
        takeOver(Existing.KEEP));
    assertEquals("5c6d49af-b071-6127-b4ec-6f8ed4b55335", manager.filter("inner").uuid().toString());
    assertEquals("outer", manager.bindings().get(0).filter().filter());
    assertEquals(Map.of(), manager.bindings().get(0).filter().parameters());
    assertEquals(
        "FILTER inner SAME\nFILTER outer SAME\nBINDING vnet0 SAME", takeOver(Existing.REPLACE));
  }

  @Test
  void keepsADifferentFilterAndRefusesWhatUsesIt() throws Exception {
    manager.define(filter("inner", ACCEPT));
    give("b.xml", binding("vnet0", "outer"));
    give("outer.xml", filter("outer", "<filterref filter='inner'/>"));
    give("inner.xml", filter("inner", DROP));
    assertEquals(
        "FILTER inner KEPT\nFILTER outer REFUSED\nBINDING vnet0 REFUSED", takeOver(Existing.KEEP));
    assertTrue(reasonOf("outer").contains("uses filter inner"), reasonOf("outer"));
    assertTrue(manager.filter("inner").xml().contains("accept"));
    assertEquals(List.of(), manager.bindings());
    assertEquals(
        "FILTER inner REPLACED\nFILTER outer IMPORTED\nBINDING vnet0 IMPORTED",
        takeOver(Existing.REPLACE));
    assertTrue(manager.filter("inner").xml().contains("drop"));
  }

  @Test
  void refusesABindingWhoseFilterIsTheSameOverADifferentOne() throws Exception {
    manager.define(filter("inner", ACCEPT));
    manager.define(filter("outer", "<filterref filter='inner'/>"));
    give("b.xml", binding("vnet0", "outer"));
    give("inner.xml", filter("inner", DROP));
    give("outer.xml", filter("outer", "<filterref filter='inner'/>"));
    assertEquals(
        "FILTER inner KEPT\nFILTER outer SAME\nBINDING vnet0 REFUSED", takeOver(Existing.KEEP));
  }

  @Test
  void keepsADifferentBinding() throws Exception {
    give("b.xml", binding("vnet0", "allow-arp"));
    assertEquals("BINDING vnet0 IMPORTED", takeOver(Existing.KEEP));
    give("b.xml", binding("vnet0", "allow-ipv4"));
    assertEquals("BINDING vnet0 KEPT", takeOver(Existing.KEEP));
    assertEquals("allow-arp", manager.bindings().get(0).filter().filter());
    assertEquals("BINDING vnet0 REPLACED", takeOver(Existing.REPLACE));
    assertEquals("allow-ipv4", manager.bindings().get(0).filter().filter());
  }

  @Test
  void bindsManyTogetherAndTellsThemInTheirOrder() throws Exception {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      links.add("tap" + i, 10 + i);
      give("b" + i + ".xml", binding("tap" + i, "allow-arp"));
      expected.append("BINDING tap").append(i).append(" IMPORTED\n");
    }
    give("c.xml", binding("tap7", "allow-ipv4"));
    assertEquals(expected + "BINDING tap7 KEPT", takeOver(Existing.KEEP));
    assertEquals(200, manager.bindings().size());
  }

  @Test
  void refusesWithoutTraceWhatCannotBe() throws Exception {
    give(
        "illegal.xml",
        filter("illegal", "<rule action='drop' direction='in'><ip dscp='64'/></rule>"));
    give("allow-ipv4.xml", "<filter name='allow-ipv4'>");
    give("wheel.xml", filter("wheel", "<filterref filter='cog'/>"));
    give("cog.xml", filter("cog", "<filterref filter='wheel'/>"));
    give("domain.xml", "<domain/>");
    give("1.xml", binding("vnet0", "illegal"));
    give("2.xml", binding("vnet0", "allow-ipv4"));
    give("3.xml", binding("vnet9", "allow-arp"));
    int before = manager.filters().size();
    List<ImportResult> results = manager.takeOver(new ImportRequest(documents, Existing.KEEP));
    assertEquals(documents.size(), results.size());
    results.forEach(r -> assertEquals(ImportResult.Outcome.REFUSED, r.outcome(), r.toString()));
    results.forEach(r -> assertTrue(!r.reason().isEmpty(), r.toString()));
    assertEquals(before, manager.filters().size());
    assertEquals(List.of(), manager.bindings());
  }

  @Test
  void leavesNoBindingWhoseRulesCannotBeApplied() throws Exception {
    technique.failing.add("vnet0");
    give("b.xml", binding("vnet0", "allow-arp"));
    assertEquals("BINDING vnet0 REFUSED", takeOver(Existing.KEEP));
    assertTrue(reasonOf("vnet0").contains("the kernel says no"), reasonOf("vnet0"));
    assertEquals(List.of(), manager.bindings());
    assertEquals(
        0, manager.status().stream().filter(s -> s.port().equals(new PortId("vnet0"))).count());
  }
}
