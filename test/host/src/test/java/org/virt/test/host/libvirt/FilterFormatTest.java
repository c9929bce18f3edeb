package org.virt.test.host.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.test.host.lab.PrivateNetwork;

/** What a libvirtd defines and prints, and what it refuses, beside what we make of the same. */
@PrivateNetwork
class FilterFormatTest {
  private static final Pattern ANSWER =
      Pattern.compile("^## (\\d+)(.*?)(?=^virsh # echo|\\z)", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern FILTER =
      Pattern.compile("<filter name=[^>]* chain=.*?</filter>", Pattern.DOTALL);

  @TempDir private Path folder;

  /** Returns what libvirt prints of each definition; absent for one that it refuses. */
  private Map<String, Optional<String>> ofLibvirt(Map<String, String> cases) throws Exception {
    List<String> names = List.copyOf(cases.keySet());
    List<String> script = new ArrayList<>();
    Path xml = Files.createDirectories(folder.resolve("xml"));
    for (int i = 0; i < names.size(); i++) {
      Path file = xml.resolve(i + ".xml");
      Files.writeString(file, named(cases.get(names.get(i)), i));
      script.add("echo '## " + i + "'");
      script.add("nwfilter-define " + file);
      script.add("nwfilter-dumpxml f" + i);
      script.add("nwfilter-undefine f" + i);
    }
    String output;
    try (Libvirtd libvirtd = Libvirtd.start(folder)) {
      output = libvirtd.script(script);
    }
    Map<String, Optional<String>> printed = new HashMap<>();
    Matcher answer = ANSWER.matcher(output);
    while (answer.find()) {
      Matcher filter = FILTER.matcher(answer.group(2));
      String name = names.get(Integer.parseInt(answer.group(1)));
      printed.put(name, filter.find() ? Optional.of(plain(filter.group())) : Optional.empty());
    }
    assertEquals(cases.keySet(), printed.keySet());
    return printed;
  }

  /** Returns what we print; absent for a definition that is refused or of no use. */
  private static Optional<String> ofOurs(String xml) {
    try {
      FilterDefinition filter = FilterXml.parse(xml);
      Definitions.of(StandardFilters.load()).check(filter);
      return FilterXml.faults(filter).isEmpty()
          ? Optional.of(plain(FilterXml.print(filter)))
          : Optional.empty();
    } catch (VirtException e) {
      return Optional.empty();
    }
  }

  private static String named(String xml, int number) {
    return xml.replace("'@'", "'f" + number + "'");
  }

  private static String plain(String xml) {
    return xml.strip().replaceAll("\\s*<uuid>.*?</uuid>", "").replaceAll("(?s)>\\s+<", "><");
  }

  @Test
  void readsRefusesAndPrintsAsLibvirtDoes() throws Exception {
    Map<String, String> cases = FilterCases.all();
    Map<String, Optional<String>> theirs = ofLibvirt(cases);
    List<String> different = new ArrayList<>();
    int defined = 0;
    int number = 0;
    for (Map.Entry<String, String> one : cases.entrySet()) {
      Optional<String> ours = ofOurs(named(one.getValue(), number++));
      defined += ours.isPresent() ? 1 : 0;
      if (!ours.equals(theirs.get(one.getKey()))) {
        different.add(
            one.getKey() + ":\n  libvirt " + theirs.get(one.getKey()) + "\n  here    " + ours);
      }
    }
    assertTrue(defined > 1000, "only " + defined + " of " + cases.size() + " were defined");
    if (!different.isEmpty()) {
      fail(different.size() + " of " + cases.size() + " differ:\n" + String.join("\n", different));
    }
  }

  private static Map<String, String> rules(Iterable<String> elements) {
    Map<String, String> cases = new LinkedHashMap<>();
    elements.forEach(
        e ->
            cases.put(
                e,
                "<filter name='@'><rule action='drop' direction='in'>" + e + "</rule></filter>"));
    return cases;
  }

  /** A difference that libvirt no longer has would be one of ours. */
  @Test
  void goesByTheDocumentWhereLibvirtDoesNot() throws Exception {
    Map<String, String> cases = rules(FilterDifferences.AS_DOCUMENTED.keySet());
    Map<String, Optional<String>> theirs = ofLibvirt(cases);
    cases.forEach(
        (element, xml) -> {
          String ours = ofOurs(named(xml, 0)).orElseThrow();
          String printed = FilterDifferences.AS_DOCUMENTED.get(element);
          assertTrue(ours.contains(">" + printed + "</rule>"), ours);
          assertFalse(
              theirs.get(element).orElse("").contains(">" + printed + "</rule>"),
              () -> "libvirt does so, too: " + theirs.get(element));
        });
  }

  @Test
  void refusesWithItsPlaceWhatLibvirtPassesOver() throws Exception {
    Map<String, String> cases = rules(FilterDifferences.REFUSED);
    Map<String, Optional<String>> theirs = ofLibvirt(cases);
    cases.forEach(
        (element, xml) -> {
          VirtException e = assertThrows(VirtException.class, () -> FilterXml.parse(xml), element);
          assertEquals(ErrorCode.XML_ERROR, e.code());
          assertTrue(e.getMessage().contains("line 1, column "), e.getMessage());
          assertTrue(theirs.get(element).isPresent(), () -> "libvirt refuses it, too: " + element);
        });
  }
}
