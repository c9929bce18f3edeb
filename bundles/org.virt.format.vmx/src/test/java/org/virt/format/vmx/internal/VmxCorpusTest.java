package org.virt.format.vmx.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/** Compares with libvirt's own test data, where it lies beside the checkout. */
class VmxCorpusTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("virt.checkout", "../.."), "../shared/corpus");

  /**
   * Two of 37 cannot be met by a conversion without a connection: whether a file of a datastore
   * exists, and the path of the datacenter, are no part of a VMX file.
   */
  private static final int FROM_VMX = 35;

  private static final int TO_VMX = 20;

  @Test
  void readsWhatLibvirtReads() throws Exception {
    List<String> failed = new ArrayList<>();
    int equal = 0;
    for (Path file : files("vmx-to-xml", ".vmx")) {
      Path wanted = Path.of(file.toString().replaceFirst("vmx$", "out.xml"));
      String difference = compareXml(Files.readString(file), Files.readString(wanted));
      equal += difference.isEmpty() ? 1 : 0;
      if (!difference.isEmpty()) {
        failed.add(file.getFileName() + ": " + difference);
      }
    }
    assertTrue(equal >= FROM_VMX, equal + " equal\n" + String.join("\n", failed));
  }

  @Test
  void writesWhatLibvirtWrites() throws Exception {
    List<String> failed = new ArrayList<>();
    int equal = 0;
    for (Path file : files("xml-to-vmx", ".xml")) {
      Path wanted = Path.of(file.toString().replaceFirst("xml$", "out.vmx"));
      TreeSet<String> missing = new TreeSet<>(Files.readAllLines(wanted));
      String ours;
      try {
        ours = new VmxFormat().toNative(Files.readString(file));
      } catch (VirtException e) {
        ours = e.getMessage();
      }
      TreeSet<String> extra = new TreeSet<>(ours.lines().toList());
      TreeSet<String> both = new TreeSet<>(extra);
      both.retainAll(missing);
      extra.removeAll(both);
      missing.removeAll(both);
      if (extra.isEmpty() && missing.isEmpty()) {
        equal++;
      } else {
        failed.add(file.getFileName() + ": extra " + extra + " missing " + missing);
      }
    }
    assertTrue(equal >= TO_VMX, equal + " equal\n" + String.join("\n", failed));
  }

  private static List<Path> files(String family, String suffix) throws Exception {
    Path folder = CORPUS.resolve(family);
    Assumptions.assumeTrue(Files.isDirectory(folder), "no corpus at " + folder);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(suffix) && !f.toString().contains(".out."))
          .sorted()
          .toList();
    }
  }

  private static String compareXml(String vmx, String wanted) throws VirtException {
    try {
      String ours = flat(SafeXml.tree("ours", new VmxFormat().fromNative(vmx)), "");
      String theirs = flat(SafeXml.tree("theirs", wanted), "");
      List<String> a = new ArrayList<>(ours.lines().toList());
      List<String> b = new ArrayList<>(theirs.lines().toList());
      if (a.equals(b)) {
        return "";
      }
      a.removeAll(theirs.lines().toList());
      b.removeAll(ours.lines().toList());
      return "extra " + a + " missing " + b;
    } catch (VirtException e) {
      return e.getMessage();
    }
  }

  private static String flat(XmlElement element, String path) {
    TreeMap<String, String> attributes = new TreeMap<>();
    element.attributes().forEach(a -> attributes.put(a.name(), a.value()));
    String here = path + '/' + element.name();
    StringBuilder out = new StringBuilder(here + attributes + element.text().strip() + '\n');
    element.children().forEach(child -> out.append(flat(child, here)));
    return out.toString();
  }
}
