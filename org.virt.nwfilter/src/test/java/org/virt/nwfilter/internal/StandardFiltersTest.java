package org.virt.nwfilter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.nwfilter.internal.xml.FilterDefinition;

class StandardFiltersTest {
  private final List<FilterDefinition> filters = StandardFilters.load();

  @Test
  void hasTwentyFourWithNamesAndUuidsOfTheirOwn() {
    assertEquals(24, filters.size());
    assertEquals(StandardFilters.NAMES, filters.stream().map(FilterDefinition::name).toList());
    assertEquals(24, filters.stream().map(f -> f.uuid().orElseThrow()).distinct().count());
  }

  @Test
  void refersToItselfOnly() {
    Set<String> names = new HashSet<>(StandardFilters.NAMES);
    filters.forEach(f -> assertTrue(names.containsAll(f.references()), f.name()));
  }
}
