package org.virt.nwfilter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;

class StandardFiltersTest {
  private final List<FilterDefinition> filters = StandardFilters.load();

  @Test
  void hasTwentyFourWithNamesAndUuidsOfTheirOwn() {
    assertEquals(24, filters.size());
    assertEquals(StandardFilters.NAMES, filters.stream().map(FilterDefinition::name).toList());
    assertEquals(24, filters.stream().map(f -> f.uuid().orElseThrow()).distinct().count());
  }

  /** Rule by rule; where Debian's libvirt-daemon-config-nwfilter is installed. */
  @Test
  void meanWhatThoseOfLibvirtMean() throws Exception {
    Path folder = Path.of("/etc/libvirt/nwfilter");
    assumeTrue(Files.isDirectory(folder), "no filters of libvirt in " + folder);
    for (FilterDefinition filter : filters) {
      Path file = folder.resolve(filter.name() + ".xml");
      FilterDefinition theirs = FilterXml.parse(Files.readString(file));
      assertTrue(filter.sameMeaning(theirs), filter + " is not " + theirs);
    }
  }

  @Test
  void refersToItselfOnly() {
    Set<String> names = new HashSet<>(StandardFilters.NAMES);
    filters.forEach(f -> assertTrue(names.containsAll(f.references()), f.name()));
  }
}
