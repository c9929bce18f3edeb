package org.virt.model.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/** Reads and prints many people's machines, where such a collection lies beside the checkout. */
class CorpusTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("virt.checkout", "..")).resolve("../shared/corpus").normalize();
  private static final List<String> FAMILIES =
      List.of(
          "domain-xml",
          "qemu-argv",
          "bhyve-argv",
          "xen-xl",
          "xml-to-vmx",
          "vmx-to-xml",
          "lxc-conf");

  @Test
  void keepsEveryElementAndAttributeAndIsStable() throws IOException {
    List<String> failures = new ArrayList<>();
    int read = 0;
    for (Path file : files()) {
      String xml = Files.readString(file);
      try {
        String printed = DomainXml.print(DomainXml.parse(xml));
        DomainConfig again = DomainXml.parse(printed);
        assertEquals(printed, DomainXml.print(again), file + " is not stable");
        assertEquals(lost(xml, printed), Map.of(), file + " lost something");
        read++;
      } catch (VirtException e) {
        failures.add(file.getFileName() + ": " + e.getMessage());
      }
    }
    assertEquals(List.of(), failures, read + " were read");
  }

  private static List<Path> files() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String family : FAMILIES) {
      Path folder = CORPUS.resolve(family);
      assumeTrue(Files.isDirectory(folder), "no collection of domain XML at " + folder);
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(f -> f.toString().endsWith(".xml")).sorted().forEach(all::add);
      }
    }
    return all;
  }

  /** Returns what there is less of in the second document, by path and value of attributes. */
  private static Map<String, Integer> lost(String before, String after) throws VirtException {
    Map<String, Integer> lost = new TreeMap<>();
    count(SafeXml.tree("test", before), "", 1, lost);
    count(SafeXml.tree("test", after), "", -1, lost);
    lost.values().removeIf(count -> count <= 0);
    return lost;
  }

  private static void count(
      XmlElement element, String parent, int by, Map<String, Integer> counts) {
    String path = parent + '/' + element.name();
    counts.merge(path, by, Integer::sum);
    element.attributes().forEach(a -> counts.merge(path + "/@" + a.name(), by, Integer::sum));
    element.children().forEach(child -> count(child, path, by, counts));
  }
}
