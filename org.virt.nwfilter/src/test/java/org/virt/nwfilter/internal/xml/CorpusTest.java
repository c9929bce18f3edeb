package org.virt.nwfilter.internal.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The families nwfilter-xml and nwfilter-rules of the corpus that lies beside the checkout. */
class CorpusTest {
  /**
   * Expected files that no version of libvirt prints for their input: one address printed in two
   * ways within an element, rules without priority beside rules with one.
   */
  private static final Set<String> UNREACHABLE =
      Set.of("comment-test-invalid", "ipv6-test-invalid");

  private static List<Path> corpus(String family) throws IOException {
    Path folder =
        Path.of(System.getProperty("virt.checkout", "..")).resolve("../shared/corpus/" + family);
    assumeTrue(Files.isDirectory(folder), "no corpus at " + folder);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".xml") && !f.toString().endsWith(".out.xml"))
          .sorted()
          .toList();
    }
  }

  @Test
  void printsWhatLibvirtPrints() throws Exception {
    int same = 0;
    for (Path file : corpus("nwfilter-xml")) {
      String name = file.getFileName().toString().replace(".xml", "");
      String got = FilterXml.print(FilterXml.parse(Files.readString(file)));
      String want = Files.readString(file.resolveSibling(name + ".out.xml"));
      if (!UNREACHABLE.contains(name)) {
        assertEquals(want.strip(), got.strip(), name);
        same++;
      }
    }
    assertFalse(same == 0, "nothing was compared");
  }

  @Test
  void readsEveryFilterOfTheRulesFamily() throws Exception {
    for (Path file : corpus("nwfilter-rules")) {
      FilterDefinition filter = FilterXml.parse(Files.readString(file));
      assertEquals(filter, FilterXml.parse(FilterXml.print(filter)), file.toString());
    }
  }
}
