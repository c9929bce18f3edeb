package org.virt.nwfilter.internal.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;

class DefinitionsTest {
  private final Definitions standard = Definitions.of(StandardFilters.load());

  private static FilterDefinition filter(String name, String... references) throws VirtException {
    StringBuilder xml = new StringBuilder("<filter name='" + name + "'>");
    for (String reference : references) {
      xml.append("<filterref filter='").append(reference).append("'/>");
    }
    return FilterXml.parse(xml.append("</filter>").toString());
  }

  @Test
  void findsByNameAndByUuid() {
    FilterDefinition filter = standard.find("clean-traffic").orElseThrow();
    String uuid = filter.uuid().orElseThrow().toString();
    assertEquals(Optional.of(filter), standard.find(uuid));
    assertEquals(Optional.of(filter), standard.find(uuid.toUpperCase(java.util.Locale.ROOT)));
    assertEquals(Optional.empty(), standard.find("no-such-filter"));
  }

  @Test
  void refusesAnUnknownReferenceByName() {
    VirtException e =
        assertThrows(VirtException.class, () -> standard.check(filter("a", "clean-traffic", "b")));
    assertEquals(ErrorCode.INVALID_NWFILTER, e.code());
    assertEquals("filter a refers to filter 'b', which is not defined", e.getMessage());
  }

  @Test
  void refusesALoopByItsNames() throws VirtException {
    Definitions two = standard.with(filter("b", "a")).with(filter("a"));
    VirtException e = assertThrows(VirtException.class, () -> two.check(filter("a", "b")));
    assertEquals(ErrorCode.INVALID_NWFILTER, e.code());
    assertEquals("use filter a: loop a → b → a", e.getMessage());
    VirtException self = assertThrows(VirtException.class, () -> two.check(filter("c", "c")));
    assertEquals("use filter c: loop c → c", self.getMessage());
  }

  @Test
  void takesTheSameFilterTwice() throws VirtException {
    standard.check(filter("a", "no-arp-spoofing", "clean-traffic", "clean-traffic"));
  }

  @Test
  void refusesReferencesThatDoubleAtEachLevel() throws VirtException {
    Definitions definitions = standard.with(filter("f0"));
    for (int i = 1; i <= 40; i++) {
      definitions = definitions.with(filter("f" + i, "f" + (i - 1), "f" + (i - 1)));
    }
    Definitions all = definitions;
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> PortCompiler.missing(all, new FilterReference("f40", Map.of())));
    assertEquals(ErrorCode.INVALID_NWFILTER, e.code());
  }

  @Test
  void refusesReferencesThatGoTooDeep() throws VirtException {
    Definitions definitions = standard.with(filter("f0"));
    for (int i = 1; i <= 500; i++) {
      definitions = definitions.with(filter("f" + i, "f" + (i - 1)));
    }
    Definitions all = definitions;
    VirtException e = assertThrows(VirtException.class, () -> all.check(filter("top", "f500")));
    assertEquals("use filter top: more than 100 levels", e.getMessage());
  }

  @Test
  void namesTheWayToAnUnknownFilter() throws VirtException {
    Definitions broken = Definitions.of(List.of(filter("a", "b"), filter("b", "c")));
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> PortCompiler.missing(broken, new FilterReference("a", Map.of())));
    assertEquals(ErrorCode.NO_NWFILTER, e.code());
    assertEquals("use filter a → b: filter 'c' is not defined", e.getMessage());
    VirtException top =
        assertThrows(
            VirtException.class,
            () -> PortCompiler.missing(broken, new FilterReference("z", Map.of())));
    assertEquals("filter 'z' is not defined", top.getMessage());
  }

  @Test
  void knowsWhoReachesWhom() throws VirtException {
    assertEquals(
        Set.of("no-arp-spoofing", "no-arp-mac-spoofing", "no-arp-ip-spoofing"),
        standard.reachable("no-arp-spoofing"));
    assertEquals(
        Set.of("clean-traffic", "clean-traffic-gateway"), standard.referrers("no-ip-spoofing"));
    assertTrue(standard.without("clean-traffic").find("clean-traffic").isEmpty());
    assertEquals(25, standard.with(filter("a")).all().size());
  }
}
