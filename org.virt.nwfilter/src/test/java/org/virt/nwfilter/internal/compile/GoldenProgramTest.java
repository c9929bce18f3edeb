package org.virt.nwfilter.internal.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.xml.IpText;
import org.virt.spi.nwfilter.Operand.Family;

/**
 * Compares programs with golden files. {@code -Dvirt.golden=FOLDER} in the JVM's arguments writes
 * what was compiled into a folder.
 */
class GoldenProgramTest {
  private static void compare(String name, String text) throws IOException {
    String folder = System.getProperty("virt.golden", "");
    if (!folder.isEmpty()) {
      Files.writeString(Path.of(folder, name + ".txt"), text);
    }
    try (InputStream in = GoldenProgramTest.class.getResourceAsStream(name + ".txt")) {
      String golden = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(golden, text, name);
    }
  }

  private static Given everything() {
    return new Given()
        .parameter("IP", "10.1.2.3", "10.1.2.4")
        .parameter("IPV6", "2001:db8::3")
        .parameter("GATEWAY_MAC", "52:54:00:00:00:01");
  }

  @Test
  void standardFilters() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String name : StandardFilters.NAMES) {
      String server = name.contains("dhcpv6") ? "fe80::1" : "10.1.2.1";
      all.append("== ").append(name).append('\n');
      all.append(everything().parameter("DHCPSERVER", server).text(name, Given.NOTHING));
    }
    compare("standard-filters", all.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"clean-traffic", "clean-traffic-gateway"})
  void learnedAddressesAsLookups(String name) throws Exception {
    Given given = new Given().parameter("GATEWAY_MAC", "52:54:00:00:00:01");
    compare(name + "-lookup", given.text(name, Given.LOOKUPS));
  }

  @Test
  void learnedAddressesAsLiterals() throws Exception {
    compare(
        "clean-traffic-literal",
        new Given().text("clean-traffic", Given.learned("10.1.2.3", "10.1.2.4")));
  }

  @Test
  void learning() throws Exception {
    compare("learning", ProgramText.of(PortCompiler.learning(List.of(), Set.of(Family.IPV4))));
    compare(
        "learning-dhcpserver",
        ProgramText.of(
            PortCompiler.learning(
                List.of(IpText.parse("10.1.2.2").get(), IpText.parse("10.1.2.1").get()),
                Set.of(Family.IPV4))));
  }

  @Test
  void learningBothFamilies() throws Exception {
    compare(
        "learning-ipv6", ProgramText.of(PortCompiler.learning(List.of(), Set.of(Family.values()))));
    compare(
        "learning-dhcpserver6",
        ProgramText.of(
            PortCompiler.learning(
                List.of(IpText.parse("fe80::5").get(), IpText.parse("10.1.2.1").get()),
                Set.of(Family.IPV6))));
  }

  @Test
  void behavesAsTheFiltersThatLibvirtInstalls() throws Exception {
    Path folder = Path.of("/usr/share/libvirt/nwfilter");
    assumeTrue(Files.isDirectory(folder), "libvirt-daemon-config-nwfilter is not installed");
    Given theirs = everything();
    for (String name : StandardFilters.NAMES) {
      Path file = folder.resolve(name + ".xml");
      assumeTrue(Files.exists(file), "no " + file);
      theirs.filter(Files.readString(file));
    }
    for (String name : StandardFilters.NAMES) {
      String server = name.contains("dhcpv6") ? "fe80::1" : "10.1.2.1";
      assertEquals(
          theirs.parameter("DHCPSERVER", server).text(name, Given.NOTHING),
          everything().parameter("DHCPSERVER", server).text(name, Given.NOTHING),
          name);
    }
  }

  @Test
  void variablesOfTheStandardFilters() throws Exception {
    Set<String> missing = new TreeSet<>();
    for (String name : StandardFilters.NAMES) {
      Given given = new Given();
      missing.addAll(PortCompiler.missing(given.definitions(), given.reference(name)));
    }
    assertEquals(Set.of("DHCPSERVER", "GATEWAY_MAC", "IP", "IPV6"), missing);
  }
}
