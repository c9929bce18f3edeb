package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.nwfilter.internal.compile.PortCompiler;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.Program;

/**
 * Translates the filters of the corpus family nwfilter-rules that lies beside the checkout, and
 * looks for each of libvirt's rules among ours. Notations differ; both are brought to a common one.
 */
class CorpusTest {
  private static final Map<String, List<String>> PARAMETERS =
      Map.of(
          "A", List.of("1.1.1.1", "2.2.2.2", "3.3.3.3", "3.3.3.3"),
          "B", List.of("80", "90", "80", "80"),
          "C", List.of("1080", "1090", "1100", "1110"),
          "IPSETNAME", List.of("known"));

  /** Refused: the kernel's match of BPDUs is wrong (README). */
  private static final Set<String> REFUSED = Set.of("stp.xml");

  private static final Pattern ADDRESS =
      Pattern.compile("(\\d+(\\.\\d+){3}|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*)(/\\d+)?");
  private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}(/.*)?");

  private static final Pattern MASKED_MAC = Pattern.compile("[0-9a-f:]{17}/[0-9a-f:]{17}");

  private static final Map<String, String> SYNONYMS =
      Map.ofEntries(
          Map.entry("--source", "-s"),
          Map.entry("--destination", "-d"),
          Map.entry("--arp-opcode", "--arp-op"),
          Map.entry("--ip-protocol", "--ip-proto"),
          Map.entry("--ip-source", "--ip-src"),
          Map.entry("--ip-destination", "--ip-dst"),
          Map.entry("--ip-source-port", "--ip-sport"),
          Map.entry("--ip-destination-port", "--ip-dport"),
          Map.entry("--ip6-protocol", "--ip6-proto"),
          Map.entry("--ip6-source", "--ip6-src"),
          Map.entry("--ip6-destination", "--ip6-dst"),
          Map.entry("--ip6-source-port", "--ip6-sport"),
          Map.entry("--ip6-destination-port", "--ip6-dport"),
          Map.entry("icmpv6", "ipv6-icmp"),
          Map.entry("ipv4", "0x0800"),
          Map.entry("ipv6", "0x86dd"));

  @Test
  void saysWhatLibvirtSays() throws Exception {
    Path folder =
        Path.of(System.getProperty("virt.checkout", "../.."))
            .resolve("../shared/corpus/nwfilter-rules");
    assumeTrue(Files.isDirectory(folder), "no corpus at " + folder);
    Map<String, Set<String>> missing = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
        String name = file.getFileName().toString();
        if (!REFUSED.contains(name)) {
          Set<String> lacking = theirs(Path.of(file.toString().replace(".xml", ".args")));
          lacking.removeAll(ours(Files.readString(file)));
          if (!lacking.isEmpty()) {
            missing.put(name, lacking);
          }
        }
      }
    }
    assertEquals(Map.of(), missing);
  }

  private static Set<String> ours(String xml) throws Exception {
    FilterDefinition filter = FilterXml.parse(xml);
    Program program =
        PortCompiler.filter(
                Definitions.of(List.of(filter)),
                new FilterReference(filter.name(), PARAMETERS),
                new Own(Samples.MAC, List.of(), PARAMETERS.keySet(), false))
            .program();
    Set<String> rules = new TreeSet<>();
    for (String line : Samples.text(new PortProgram(Samples.PORT, program)).split("\n")) {
      if (line.startsWith("-A V")) {
        String[] words = line.split(" ", 3);
        boolean out = words[1].contains("-o");
        rules.add((out ? "out " : "in ") + normal(words[2]));
      }
    }
    return rules;
  }

  private static Set<String> theirs(Path args) throws Exception {
    Set<String> rules = new TreeSet<>();
    for (String line : Files.readString(args).replace("\\\n", " ").split("\n")) {
      String[] words = line.strip().split(" +-A ", 2);
      String[] rule = words.length < 2 ? words : words[1].split(" +", 2);
      boolean jump = rule.length < 2 || rule[1].matches(".*-j \\S*vnet0.*|.*-j CONTINUE\\s*");
      if (!jump && !rule[0].startsWith("HJ-")) {
        boolean out = rule[0].matches("(libvirt-)?F?J-.*");
        rules.add((out ? "out " : "in ") + normal(rule[1]));
      }
    }
    return rules;
  }

  /** Options and their values in the order of the alphabet, modules and comments left out. */
  private static String normal(String rule) throws UnknownHostException {
    String plain =
        rule.replaceAll("--comment ('[^']*'|\"[^\"]*\")", "")
            .replaceAll("-m \\S+", "")
            .replaceAll("! -f |--mark \\S+|/ff:ff:ff:ff:ff:ff|-p all |'", "")
            // libvirt compares DSCP with the whole byte, and any ICMP type with 255. The kernel
            // looks at no code behind that type.
            .replaceAll("--ip-tos \\S+|--u32 \\S+", "")
            .replaceAll("--icmp-type 255/\\S+", "--icmp-type 255")
            .replace("FIN,SYN,RST,PSH,ACK,URG", "ALL")
            .replaceAll("(--ctdir) (\\S)(\\S+)", "$1 $2$3");
    List<String> options = new ArrayList<>();
    boolean not = false;
    for (String word : plain.strip().split("\\s+")) {
      String value = SYNONYMS.getOrDefault(word, word);
      if (value.equals("!")) {
        not = true;
      } else if (value.startsWith("-")) {
        options.add(value + (not ? " !" : ""));
        not = false;
      } else {
        String sign = not ? " !" : "";
        options.add(options.remove(options.size() - 1) + sign + " " + value(value));
        not = false;
      }
    }
    options.sort(null);
    return String.join(" ", options)
        .replace("-j ACCEPT", "-j PASS")
        .replace("-j RETURN", "-j PASS")
        .toLowerCase(Locale.ROOT);
  }

  /** Returns numbers with base 10, ranges of one as that one, addresses as the kernel sees them. */
  private static String value(String word) throws UnknownHostException {
    if (word.startsWith("0x")) {
      return Integer.toString(Integer.parseInt(word.substring(2), 16));
    }
    if (MASKED_MAC.matcher(word).matches()) {
      String[] parts = word.split("/");
      long mask = MacAddress.parse(parts[1]).value();
      return new MacAddress(MacAddress.parse(parts[0]).value() & mask) + "/" + parts[1];
    }
    if (ADDRESS.matcher(word).matches() && !MAC.matcher(word).matches()) {
      String[] parts = word.split("/");
      byte[] address = bytes(parts[0]);
      int prefix = parts.length > 1 ? Integer.parseInt(parts[1]) : address.length * 8;
      for (int bit = prefix; bit < address.length * 8; bit++) {
        address[bit / 8] &= (byte) ~(0x80 >>> bit % 8);
      }
      return HexFormat.of().formatHex(address) + "/" + prefix;
    }
    return word.replaceAll("\\b(\\d+):\\1\\b", "$1").replaceAll("/0:255$", "");
  }

  /** Java reads an IPv4 address within IPv6 as one of IPv4. */
  private static byte[] bytes(String text) throws UnknownHostException {
    byte[] address = InetAddress.getByName(text).getAddress();
    if (!text.contains(":") || address.length == 16) {
      return address;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(address, 0, mapped, 12, address.length);
    return mapped;
  }
}
